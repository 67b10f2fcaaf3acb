-- Only into an empty database, so that a restart does not restore deleted rows.
WITH
	given (owner, pony, born, handlers) AS (
		VALUES
			('Ada', 'Biscuit', 2015, ARRAY['Kim', 'Lee']),
			('Ada', 'Clover', 2019, ARRAY['Kim']),
			('Ben', 'Duke', 2011, ARRAY['Lee', 'Max']),
			('Cleo', 'Ember', 2021, ARRAY[]::text[])
	),
	news AS (SELECT * FROM given WHERE NOT EXISTS (SELECT FROM owner)),
	owners AS (INSERT INTO owner (name) SELECT DISTINCT owner FROM news RETURNING id, name),
	handlers AS (INSERT INTO handler (name) SELECT DISTINCT unnest(handlers) FROM news RETURNING id, name),
	ponies AS (
		INSERT INTO pony (owner_id, name, born)
		SELECT owners.id, pony, born FROM news JOIN owners ON owners.name = news.owner
		RETURNING id, name
	)
INSERT INTO pony_handler (pony_id, handler_id)
SELECT ponies.id, handlers.id
FROM news JOIN ponies ON ponies.name = news.pony JOIN handlers ON handlers.name = ANY (news.handlers);

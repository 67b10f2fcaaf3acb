-- Up Migration

CREATE TABLE handler (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 80)
);

CREATE TABLE pony_handler (
	pony_id integer REFERENCES pony ON DELETE CASCADE,
	-- Without a cascade: a handler who still has a pony cannot be deleted by mistake.
	handler_id integer REFERENCES handler,
	PRIMARY KEY (pony_id, handler_id)
);

CREATE INDEX pony_handler_handler_id ON pony_handler (handler_id);

-- A trigger, because the cascade of a deleted owner removes these rows where no statement of the service sees them.
CREATE FUNCTION delete_orphaned_handlers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- Locked before they are looked at. Otherwise two transactions that each remove one of the last two ponies of a
	-- handler would both still see the other pony, and the handler would stay.
	PERFORM FROM handler WHERE id IN (SELECT handler_id FROM removed) ORDER BY id FOR UPDATE;
	DELETE FROM handler
	WHERE id IN (SELECT handler_id FROM removed)
		AND NOT EXISTS (SELECT FROM pony_handler WHERE handler_id = handler.id);
	RETURN NULL;
END
$$;

CREATE TRIGGER delete_orphaned_handlers AFTER DELETE ON pony_handler
	REFERENCING OLD TABLE AS removed
	FOR EACH STATEMENT EXECUTE FUNCTION delete_orphaned_handlers();

-- Down Migration

DROP TABLE pony_handler;
DROP FUNCTION delete_orphaned_handlers;
DROP TABLE handler;

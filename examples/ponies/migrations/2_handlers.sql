-- Up Migration

CREATE TABLE handler (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 80)
);

CREATE TABLE pony_handler (
	pony_id integer REFERENCES pony ON DELETE CASCADE,
	-- No cascade, so that a handler who still has a pony cannot be deleted by mistake.
	handler_id integer REFERENCES handler,
	PRIMARY KEY (pony_id, handler_id)
);

CREATE INDEX pony_handler_handler_id ON pony_handler (handler_id);

-- A trigger, because deleting an owner removes these rows by a cascade, without a statement of the service.
CREATE FUNCTION delete_orphaned_handlers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	-- Without a lock, two transactions that each remove one of a handler's last two ponies would both see the other pony,
	-- and the handler would stay. Row locks would not do: a cascade takes them pony by pony, so two could deadlock.
	LOCK TABLE handler IN SHARE ROW EXCLUSIVE MODE;
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

-- Up Migration

-- lint: allow constraint-missing-not-valid because the table has had one row until now
ALTER TABLE counter ADD CONSTRAINT counter_name_check CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$');

-- What was added to a counter in each minute of the last day.
CREATE TABLE counter_minute (
	name text NOT NULL REFERENCES counter ON DELETE CASCADE,
	minute timestamptz NOT NULL,
	hits bigint NOT NULL CHECK (hits >= 0),
	PRIMARY KEY (name, minute)
);

-- Down Migration

DROP TABLE counter_minute;
ALTER TABLE counter DROP CONSTRAINT counter_name_check;

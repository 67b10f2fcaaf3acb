-- The counters' tables as they should be; scripts/migrate diff writes the migration to them.

-- One row for each counter. Its versions share a page, whose free space serves every update (HOT) and is won back
-- as it goes: a lower fillfactor was measured and gains nothing.
CREATE TABLE counter (
	name text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
	value bigint NOT NULL DEFAULT 0 CHECK (value >= 0)
);

-- What was added to a counter in each minute of the last day.
CREATE TABLE counter_minute (
	name text NOT NULL REFERENCES counter ON DELETE CASCADE,
	minute timestamptz NOT NULL,
	hits bigint NOT NULL CHECK (hits >= 0),
	PRIMARY KEY (name, minute)
);

-- The hits with an Idempotency-Key of the last day, and the values that they got.
CREATE TABLE idempotency_key (
	key text PRIMARY KEY,
	name text NOT NULL,
	hits bigint NOT NULL,
	value bigint NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idempotency_key_created_at ON idempotency_key USING brin (created_at);

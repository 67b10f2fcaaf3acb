-- Up Migration

-- The hits with an Idempotency-Key of the last day.
CREATE TABLE idempotency_key (
	key text PRIMARY KEY,
	name text NOT NULL,
	hits bigint NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idempotency_key_created_at ON idempotency_key USING brin (created_at);

-- The values that these hits got. A table of its own, because the statement that inserts a key knows the value only
-- later, and cannot update a row that it has inserted.
CREATE TABLE idempotency_result (
	key text PRIMARY KEY,
	value bigint NOT NULL
);

-- Down Migration

DROP TABLE idempotency_result;
DROP TABLE idempotency_key;

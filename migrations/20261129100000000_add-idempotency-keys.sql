-- Up Migration

-- The hits with an Idempotency-Key of the last day, and the values that they got.
CREATE TABLE idempotency_key (
	key text PRIMARY KEY,
	name text NOT NULL,
	hits bigint NOT NULL,
	value bigint NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idempotency_key_created_at ON idempotency_key USING brin (created_at);

-- Down Migration

DROP TABLE idempotency_key;

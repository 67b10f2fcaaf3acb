-- The counter's table as it should be; scripts/migrate diff writes the migration to it.

-- One row for each counter. Its versions share a page, whose free space serves every update (HOT) and is won back
-- as it goes: a lower fillfactor was measured and gains nothing.
CREATE TABLE counter (
	name text PRIMARY KEY,
	value bigint NOT NULL DEFAULT 0 CHECK (value >= 0)
);

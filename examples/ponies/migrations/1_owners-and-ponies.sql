-- Up Migration

CREATE TABLE owner (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 80)
);

CREATE TABLE pony (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	owner_id integer NOT NULL REFERENCES owner ON DELETE CASCADE,
	name text NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
	born smallint NOT NULL CHECK (born BETWEEN 1950 AND 2100),
	-- Its index also serves the cascade and the joins with the owner.
	UNIQUE (owner_id, name)
);

-- Down Migration

DROP TABLE pony;
DROP TABLE owner;

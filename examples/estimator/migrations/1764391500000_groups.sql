-- Up Migration

CREATE TABLE estimation_group (
	-- The key, and not a look before the insert, decides which of two requests for one name wins.
	name text PRIMARY KEY
		-- The same letters can be encoded in several ways, and the key compares bytes.
		CHECK (name IS NFC NORMALIZED)
		CHECK (char_length(name) BETWEEN 1 AND 40)
);

-- Down Migration

DROP TABLE estimation_group;

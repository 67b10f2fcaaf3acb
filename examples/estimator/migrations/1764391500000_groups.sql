-- Up Migration

CREATE TABLE estimation_group (
	-- The key decides which of two concurrent requests for a name succeeds.
	name text PRIMARY KEY
		-- Unicode has several encodings for some letters, and the key compares bytes.
		CHECK (name IS NFC NORMALIZED)
		CHECK (char_length(name) BETWEEN 1 AND 40)
);

-- Down Migration

DROP TABLE estimation_group;

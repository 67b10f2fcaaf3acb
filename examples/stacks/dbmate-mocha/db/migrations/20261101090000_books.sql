-- migrate:up
CREATE TABLE book (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	isbn text NOT NULL UNIQUE,
	title text NOT NULL
);

-- migrate:down
DROP TABLE book;

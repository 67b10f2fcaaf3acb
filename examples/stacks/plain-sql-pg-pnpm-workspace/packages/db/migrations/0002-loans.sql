CREATE TABLE loan (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	book_id integer NOT NULL REFERENCES book (id),
	reader text NOT NULL,
	returned_at timestamptz
);
CREATE UNIQUE INDEX loan_open ON loan (book_id) WHERE returned_at IS NULL;

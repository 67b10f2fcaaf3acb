CREATE TABLE games (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	channel text NOT NULL REFERENCES chats,
	-- NULL while the game is running.
	finished timestamptz
);

-- For the games on the score board.
CREATE INDEX games_finished ON games (finished);

CREATE TABLE scores (
	game bigint REFERENCES games,
	"user" varchar(40) REFERENCES users,
	points smallint NOT NULL DEFAULT 0,
	PRIMARY KEY (game, "user")
);

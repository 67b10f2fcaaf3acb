CREATE TABLE messages (
	-- Within a channel, messages commit in the order of their ids: see store.ts.
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	channel text NOT NULL REFERENCES chats,
	-- Always quoted: without quotes, user is the current role.
	"user" varchar(40) NOT NULL REFERENCES users,
	time timestamptz NOT NULL,
	content text NOT NULL DEFAULT ''
);

-- For counting recent messages.
CREATE INDEX messages_time ON messages (time);

-- For the messages of a channel before or after an id.
CREATE INDEX messages_channel_id ON messages (channel, id);

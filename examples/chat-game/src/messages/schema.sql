CREATE TABLE messages (
	-- Within a channel, messages commit in the order of their ids: see store.ts.
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	channel text NOT NULL REFERENCES chats,
	-- Quoted always: without quotes, user is the current role.
	"user" varchar(40) NOT NULL REFERENCES users,
	time timestamptz NOT NULL,
	content text NOT NULL DEFAULT ''
);

-- What was written lately, in all channels.
CREATE INDEX messages_time ON messages (time);

-- A page of a channel, and what it has got since a message.
CREATE INDEX messages_channel_id ON messages (channel, id);

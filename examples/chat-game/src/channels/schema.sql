CREATE TABLE chats (
	channel text PRIMARY KEY
);

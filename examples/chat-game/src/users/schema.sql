CREATE TABLE users (
	username varchar(40) PRIMARY KEY,
	password_hash varchar(128) NOT NULL
);

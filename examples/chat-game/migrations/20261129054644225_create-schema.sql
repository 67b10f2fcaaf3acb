-- Up Migration

CREATE TABLE "public"."chats" (
  "channel" text NOT NULL,
  CONSTRAINT "chats_pkey" PRIMARY KEY (channel)
);

CREATE TABLE "public"."games" (
  "id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "channel" text NOT NULL,
  "finished" timestamp with time zone,
  CONSTRAINT "games_pkey" PRIMARY KEY (id)
);

CREATE TABLE "public"."messages" (
  "id" bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  "channel" text NOT NULL,
  "user" character varying(40) NOT NULL,
  "time" timestamp with time zone NOT NULL,
  "content" text NOT NULL DEFAULT ''::text,
  CONSTRAINT "messages_pkey" PRIMARY KEY (id)
);

CREATE TABLE "public"."scores" (
  "game" bigint NOT NULL,
  "user" character varying(40) NOT NULL,
  "points" smallint NOT NULL DEFAULT 0,
  CONSTRAINT "scores_pkey" PRIMARY KEY (game, "user")
);

CREATE TABLE "public"."users" (
  "username" character varying(40) NOT NULL,
  "password_hash" character varying(128) NOT NULL,
  CONSTRAINT "users_pkey" PRIMARY KEY (username)
);

ALTER TABLE "public"."games"
  ADD CONSTRAINT "games_channel_fkey" FOREIGN KEY (channel) REFERENCES public.chats(channel);

ALTER TABLE "public"."messages"
  ADD CONSTRAINT "messages_channel_fkey" FOREIGN KEY (channel) REFERENCES public.chats(channel);

ALTER TABLE "public"."scores"
  ADD CONSTRAINT "scores_game_fkey" FOREIGN KEY (game) REFERENCES public.games(id);

ALTER TABLE "public"."messages"
  ADD CONSTRAINT "messages_user_fkey" FOREIGN KEY ("user") REFERENCES public.users(username);

ALTER TABLE "public"."scores"
  ADD CONSTRAINT "scores_user_fkey" FOREIGN KEY ("user") REFERENCES public.users(username);

CREATE INDEX games_finished ON public.games USING btree (finished);

CREATE INDEX messages_channel_id ON public.messages USING btree (channel, id);

CREATE INDEX messages_time ON public.messages USING btree ("time");

-- Down Migration

ALTER TABLE "public"."games"
  DROP CONSTRAINT "games_channel_fkey";

ALTER TABLE "public"."messages"
  DROP CONSTRAINT "messages_channel_fkey";

ALTER TABLE "public"."messages"
  DROP CONSTRAINT "messages_user_fkey";

ALTER TABLE "public"."scores"
  DROP CONSTRAINT "scores_game_fkey";

ALTER TABLE "public"."scores"
  DROP CONSTRAINT "scores_user_fkey";

-- Loses data: reverting it does not restore the rows.
DROP TABLE "public"."chats";

-- Loses data: reverting it does not restore the rows.
DROP TABLE "public"."games";

-- Loses data: reverting it does not restore the rows.
DROP TABLE "public"."messages";

-- Loses data: reverting it does not restore the rows.
DROP TABLE "public"."scores";

-- Loses data: reverting it does not restore the rows.
DROP TABLE "public"."users";

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { migrateUp } from '../../../src/database/migrations/index.ts';
import { runSeeds } from '../../../src/database/seeds/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { migrationsDirectory, ownDatabase } from '../../helpers/own-database.ts';
import { startTestServer } from '../../helpers/server.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A file written by `pg_dump` 18, with `rows` for its only table. */
const dump = (rows: string, owner = '') => `--
-- PostgreSQL database dump
--

\\restrict gcmU7gP6bgUC3lt70RGSAKkzgFUyt3rTBY2lo0c1memYxPLOjOEQCYZCL8uihBa

-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.6 (Debian 18.6-3)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public;
COMMENT ON EXTENSION pgcrypto IS 'cryptographic functions';

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: customer; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.customer (
    id integer NOT NULL,
    name text NOT NULL
);

${owner}
ALTER TABLE public.customer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.customer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

${rows}

SELECT pg_catalog.setval('public.customer_id_seq', 2, true);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);

--
-- PostgreSQL database dump complete
--

\\unrestrict gcmU7gP6bgUC3lt70RGSAKkzgFUyt3rTBY2lo0c1memYxPLOjOEQCYZCL8uihBa

`;

const inserts = `INSERT INTO public.customer OVERRIDING SYSTEM VALUE VALUES (1, 'it''s');
INSERT INTO public.customer OVERRIDING SYSTEM VALUE VALUES (2, 'a
\\restrict b');`;

const copy = `COPY public.customer (id, name) FROM stdin;
1	it's
\\N	\\N
COMMIT	;
\\.
`;

const lineOf = (text: string, beginning: string) =>
	text.split('\n').findIndex((line) => line.startsWith(beginning)) + 1;

describe('a pg_dump file', () => {
	test('works unchanged as the first migration with --inserts and --no-owner, and the next migration has its search path', async () => {
		const { migrator, app } = await ownDatabase(server);
		const directory = migrationsDirectory({
			'1_dump': dump(inserts),
			'2_next': 'ALTER TABLE customer ADD note text;',
		});
		expect(await migrateUp(migrator, directory)).toEqual(['1_dump', '2_next']);
		await withClient(app, async (sql) => {
			await sql`INSERT INTO customer (name) VALUES ('next')`;
			const names = await sql`SELECT id, name FROM customer ORDER BY id`;
			expect(names).toEqual([
				{ id: 1, name: "it's" },
				{ id: 2, name: 'a\n\\restrict b' },
				{ id: 3, name: 'next' },
			]);
		});
	});

	test('works as a seed', async () => {
		const { migrator } = await ownDatabase(server);
		await runSeeds(migrator, [{ name: 'dump.sql', text: dump(inserts) }]);
		await withClient(migrator, async (sql) => {
			expect(await sql`SELECT id FROM public.customer`).toHaveLength(2);
		});
	});

	test('with rows for psql is rejected only at the COPY', async () => {
		const { migrator } = await ownDatabase(server);
		const text = dump(copy);
		const directory = migrationsDirectory({ '1_dump': text });
		const place = `${join(directory, '1_dump.sql')}:${lineOf(text, 'COPY')}:1`;
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			code: 'invalid-migrations',
			message: expect.stringMatching(new RegExp(`^${place}: COPY FROM stdin [^\\n]* --inserts [^\\n]*$`)),
		});
	});

	test('with owners fails at the first, and names the option that omits them', async () => {
		const { migrator } = await ownDatabase(server);
		const owner = 'ALTER TABLE public.customer OWNER TO postgres;';
		const text = dump(inserts, owner);
		const directory = migrationsDirectory({ '1_dump': text });
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			code: 'migration-failed',
			message: expect.stringContaining(
				`1_dump.sql:${lineOf(text, owner)}:1: must be able to SET ROLE "postgres"`,
			),
			hint: expect.stringContaining('pg_dump --no-owner'),
		});
	});
});

describe('a psql command', () => {
	test.each([
		['\\copy customer FROM rows.csv', '"\\copy" is a psql command', '--inserts'],
		['\\i other.sql', '"\\i" is a psql command', 'copy the statements of that file here'],
		['\\ir other.sql', '"\\ir" is a psql command', 'copy the statements of that file here'],
		['\\connect shop', '"\\connect" is a psql command', 'delete the line'],
		['\\set ON_ERROR_STOP on', '"\\set" is a psql command', 'delete the line'],
		['\\.', '"\\." is a psql command', 'replace the rows'],
	])('is reported in a migration, with the fix: %s', async (command, what, way) => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': `CREATE TABLE a ();\n${command}\n` });
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			code: 'invalid-migrations',
			message: expect.stringContaining(`1_a.sql:2:1: ${what}`),
		});
		await expect(migrateUp(migrator, directory)).rejects.toThrow(way);
	});

	test('is reported in a seed', async () => {
		const { app } = await ownDatabase(server);
		const seeds = [{ name: 'a.sql', text: 'SELECT 1;\n\\i other.sql\n' }];
		await expect(runSeeds(app, seeds)).rejects.toThrow(/^a\.sql:2:1: "\\i" is a psql command/);
	});

	test('at the end of a statement is explained after the server rejects it', async () => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': 'SELECT 1 AS one \\gset\n' });
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			hint: expect.stringContaining('A backslash starts a psql command'),
		});
	});
});

test.each([
	['CREATE EXTENSION vector', "postgres: { provider: 'container', image: 'pgvector/pgvector:pg18' }"],
	[
		'CREATE EXTENSION pg_cron',
		"postgresql-18-cron, and name it in slipway.config.ts: postgres: { provider: 'container', image: 'IMAGE', settings: { shared_preload_libraries: 'pg_cron'",
	],
])(
	'%s without that extension on the server is reported with the line for slipway.config.ts',
	async (text, hint) => {
		const { migrator } = await ownDatabase(server);
		await expect(migrateUp(migrator, migrationsDirectory({ '1_a': text }))).rejects.toMatchObject({
			code: 'no-extension',
			hint: expect.stringContaining(hint),
		});
	},
);

describe('a statement that the server rejects is reported with a workaround', () => {
	test.each([
		['CREATE EXTENSION pg_stat_statements', 'the option `extensions`'],
		["COMMENT ON EXTENSION plpgsql IS 'x'", '--no-comments'],
		['CREATE SCHEMA public', 'every database already has the schema public'],
		['CREATE TABLE a (); ALTER TABLE a OWNER TO no_such_role', '--no-owner'],
		['CREATE TABLE a (); GRANT SELECT ON a TO no_such_role', '--no-privileges'],
		['ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT ALL ON TABLES TO PUBLIC', '--no-privileges'],
		['SET no_such_timeout = 0', 'A newer pg_dump'],
		[
			"SELECT pg_catalog.set_config('search_path', '', false); CREATE TABLE a ()",
			'Qualify the name (public.NAME)',
		],
		[
			"SELECT pg_catalog.set_config('search_path', '', false); SELECT FROM nothing",
			'Qualify the name (public.NAME)',
		],
		["ALTER TYPE mood ADD VALUE 'ok'; SELECT 'ok'::mood", 'move the statements that use it to a later file'],
		['SELECT \'a\' COLLATE "xx_YY.utf8"', '"en-US-x-icu"'],
		["CREATE COLLATION c (locale = 'xx_YY.utf8')", '"en-US-x-icu"'],
	])('%s', async (text, hint) => {
		const { migrator } = await ownDatabase(server);
		const directory = migrationsDirectory({ '1_a': "CREATE TYPE mood AS ENUM ('sad');", '2_b': text });
		await expect(migrateUp(migrator, directory)).rejects.toMatchObject({
			code: 'migration-failed',
			hint: expect.stringContaining(hint),
		});
	});

	test('in a seed as well', async () => {
		const { app } = await ownDatabase(server);
		const seeds = [{ name: 'a.sql', text: 'SELECT \'a\' COLLATE "xx_YY.utf8"' }];
		await expect(runSeeds(app, seeds)).rejects.toThrow('"en-US-x-icu"');
	});
});

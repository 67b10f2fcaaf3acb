import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { readSeedFolder, readSeeds, runSeeds } from '../../../src/database/seeds/index.ts';
import { type PreparedServer, startPostgres } from '../../../src/start-postgres.ts';
import { projectRoot } from '../../helpers/child-process.ts';
import { eventually } from '../../helpers/eventually.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startPostgres({ migrations: join(projectRoot, 'migrations') });
});
afterAll(() => server[Symbol.asyncDispose]());

/** A temporary directory for the running test with these seeds, by path. */
function seedsDirectory(seeds: Record<string, string>): string {
	const directory = temporaryDirectory();
	for (const [path, text] of Object.entries(seeds)) {
		mkdirSync(dirname(join(directory, path)), { recursive: true });
		writeFileSync(join(directory, path), text);
	}
	return directory;
}

/** Runs the seeds and returns their names, without the directory. */
async function seed(directory: string, environment = 'test'): Promise<readonly string[]> {
	const done: string[] = [];
	const onSeeded = (name: string) => done.push(relative(directory, name));
	await runSeeds(server.app, await readSeedFolder(directory, environment), { onSeeded });
	return done;
}

async function counters(pattern: string): Promise<readonly string[]> {
	const rows = await withClient(
		server.app,
		(sql) => sql<{ name: string }[]>`SELECT name FROM counter WHERE name LIKE ${pattern} ORDER BY name`,
	);
	return rows.map(({ name }) => name);
}

const insert = (name: string) => `INSERT INTO counter (name) VALUES ('${name}') ON CONFLICT DO NOTHING;`;

describe('seeds', () => {
	test('run in order: first those for all environments, then those for one, in SQL and TypeScript', async () => {
		const directory = seedsDirectory({
			'2_b.ts': `export const seed = (sql) => sql\`${insert('order-b')}\`;`,
			'1_a.sql': insert('order-a'),
			'test/0_c.sql': insert('order-c'),
			'production/0_d.sql': insert('order-d'),
			'README.md': 'no seed',
		});
		expect(await seed(directory)).toEqual(['1_a.sql', '2_b.ts', 'test/0_c.sql']);
		expect(await counters('order-%')).toEqual(['order-a', 'order-b', 'order-c']);
	});

	test('in TypeScript can write arrays of custom types', async () => {
		await withClient(server.migrator, (sql) => sql`CREATE TYPE mood AS ENUM ('calm', 'wild')`);
		const directory = seedsDirectory({
			'1_moods.ts': `export const seed = async (sql) => {
				const [{ list }] = await sql\`SELECT \${['calm', 'wild']}::mood[] AS list\`;
				await sql\`INSERT INTO counter (name) SELECT * FROM unnest(\${list.map((mood) => 'mood-' + mood)}::text[])\`;
			};`,
		});
		await seed(directory);
		expect(await counters('mood-%')).toEqual(['mood-calm', 'mood-wild']);
	});

	test('of the project are idempotent in every environment, and restore what the service needs', async () => {
		const directory = join(projectRoot, 'seeds');
		const environments = fc.constantFrom('development', 'test', 'production');
		await withClient(server.app, (sql) => sql`UPDATE counter SET value = 7 WHERE name = 'visits'`);
		const rows = () => withClient(server.app, (sql) => sql`SELECT * FROM counter ORDER BY name`);
		const before = await rows();
		await fc.assert(
			fc.asyncProperty(fc.array(environments, { maxLength: 3 }), async (runs) => {
				for (const environment of runs) await seed(directory, environment);
				expect(await rows()).toEqual(before);
			}),
			{ numRuns: 5 },
		);
		await withClient(server.app, (sql) => sql`DELETE FROM counter WHERE name = 'visits'`);
		await seed(directory);
		expect(await counters('visits')).toEqual(['visits']);
	});

	test('that fail are rolled back, and name file, line and statement', async () => {
		const directory = seedsDirectory({
			'1_kept.sql': insert('failing-kept'),
			'2_bad.sql': `${insert('failing-lost')}\n\nINSERT INTO counter (name, size)\nVALUES ('x', 1);\n`,
			'3_never.sql': insert('failing-never'),
		});
		await expect(seed(directory)).rejects.toMatchObject({
			code: 'seed-failed',
			message: [
				`${join(directory, '2_bad.sql')}:3:28: column "size" of relation "counter" does not exist`,
				'  in: INSERT INTO counter (name, size) …',
				'Its transaction was rolled back.',
				`run before: ${join(directory, '1_kept.sql')}`,
			].join('\n'),
		});
		expect(await counters('failing-%')).toEqual(['failing-kept']);
	});

	test('in TypeScript that fail name their line and the statement', async () => {
		const directory = seedsDirectory({
			'1_bad.ts': 'export async function seed(sql) {\n\tawait sql`SELECT nothing FROM counter`;\n}\n',
		});
		const path = join(directory, '1_bad.ts');
		await expect(seed(directory)).rejects.toThrow(
			`${path}:2:11: column "nothing" does not exist\n  in: SELECT nothing FROM counter\n`,
		);
		const empty = seedsDirectory({ '1_empty.ts': 'export const nothing = 1;' });
		await expect(seed(empty)).rejects.toThrow('it does not export a function "seed"');
	});

	test('run with the privileges of the app only', async () => {
		await expect(seed(seedsDirectory({ '1_a.sql': 'CREATE TABLE mine (id int)' }))).rejects.toThrow(
			'permission denied for schema public',
		);
	});

	test('that would end their transaction are rejected before any statement runs', async () => {
		const directory = seedsDirectory({ '1_bad.sql': `${insert('broken-up')}\nCOMMIT;\nSELECT nothing;` });
		await expect(seed(directory)).rejects.toMatchObject({
			code: 'seed-failed',
			message: expect.stringContaining(`${join(directory, '1_bad.sql')}:2:1: "COMMIT" would end`),
		});
		expect(await counters('broken-up')).toEqual([]);
	});

	test('run the same way as any role, which is named if one fails', async () => {
		const file = join(seedsDirectory({ 'a.sql': insert('migrator-a') }), 'a.sql');
		const seeds = await readSeeds([file, `${insert('migrator-b')}\nINSERT INTO nothing VALUES (1)`]);
		await expect(runSeeds(server.migrator, seeds)).rejects.toMatchObject({
			code: 'seed-failed',
			message: [
				'seed 2:2:13: relation "nothing" does not exist',
				'  in: INSERT INTO nothing VALUES (1)',
				'Its transaction was rolled back.',
				`run before: ${file}`,
			].join('\n'),
			hint: expect.stringContaining(`It runs as "${server.migrator.username}"`),
		});
		expect(await counters('migrator-%')).toEqual(['migrator-a']);
	});

	test('start with the settings of the login, whatever an earlier one set', async () => {
		const dumped = "SELECT pg_catalog.set_config('search_path', '', false);";
		const directory = seedsDirectory({
			'1_dump.sql': `${dumped} INSERT INTO public.counter (name) VALUES ('afresh-1');`,
			'2_a.sql': insert('afresh-2'),
			'3_dump.ts': `export const seed = (sql) => sql.unsafe("${dumped}");`,
			'4_b.ts': `export const seed = (sql) => sql.unsafe("${insert('afresh-4')}");`,
		});
		await seed(directory);
		expect(await counters('afresh-%')).toEqual(['afresh-1', 'afresh-2', 'afresh-4']);
		const asOwner = [{ name: 'a.sql', text: 'SET ROLE app_migrator;' }];
		const asBefore = [{ name: 'b.sql', text: insert('afresh-owner') }];
		await runSeeds(server.migrator, [...asOwner, ...asBefore]);
		expect(await counters('afresh-owner')).toEqual(['afresh-owner']);
	});

	test('that lose their connection are rolled back, and say so', async () => {
		const seeds = [{ name: 'a.sql', text: `${insert('lost')} SELECT pg_sleep(600)` }];
		const failure = expect(runSeeds(server.app, seeds)).rejects.toMatchObject({
			code: 'seed-failed',
			message: expect.stringMatching(/^a\.sql.*\n(.*\n)?Its transaction was rolled back\.$/),
		});
		await withClient(server.admin, (sql) =>
			eventually(async () => {
				const ended = await sql`
					SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
				return ended.length > 0;
			}),
		);
		await failure;
		expect(await counters('lost')).toEqual([]);
	});

	test.each([
		['staging/1_a.sql', 'staging is not the folder of an environment'],
		['test/more/1_a.sql', 'test/more is not the folder of an environment'],
		['1_a.js', '1_a.js is neither .sql nor .ts'],
		['test/1_a.SQL', 'test/1_a.SQL is neither .sql nor .ts'],
	])('that would not run are rejected, with a list of the environments: %s', async (path, problem) => {
		const directory = seedsDirectory({ '0_ok.sql': insert('refused-ok'), [path]: insert('refused') });
		await expect(seed(directory)).rejects.toMatchObject({
			code: 'invalid-seeds',
			message: `${join(directory, problem)}, so it would not run`,
			hint: expect.stringMatching(/^The environments are development, test, production/),
		});
		expect(await counters('refused%')).toEqual([]);
	});

	test('may be next to notes and files that editors leave behind', async () => {
		const notes = ['.DS_Store', '.cache/x', 'README', 'test/NOTES.md', '1_a.sql~'];
		const directory = seedsDirectory(Object.fromEntries(notes.map((path) => [path, 'no seed'])));
		expect(await seed(directory)).toEqual([]);
	});

	test('are reported as missing if the directory does not exist', async () => {
		await expect(seed('/nowhere')).rejects.toMatchObject({ code: 'no-seeds' });
	});
});

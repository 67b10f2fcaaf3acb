import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Finished, runProcess, startProcess } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { ensurePackages } from '../helpers/install-packages.ts';
import { packedProject, packPackage } from '../helpers/packed-project.ts';

const folders = { 29: join(import.meta.dirname, 'jest-29'), 30: import.meta.dirname };

let tarball: Buffer;
beforeAll(async () => {
	for (const folder of Object.values(folders)) await ensurePackages(folder);
	tarball = await packPackage();
});

/** An application with a pool that reads DATABASE_URL when it is imported, and never closes it. */
const pools = {
	pg: `
		import { Pool } from 'pg';
		const pool = new Pool({ connectionString: process.env.DATABASE_URL });
		export const query = async (text: string) => (await pool.query(text)).rows;
	`,
	knex: `
		const pool = require('knex')({ client: 'pg', connection: process.env.DATABASE_URL });
		exports.query = async (text) => (await pool.raw(text)).rows;
	`,
	postgresjs: `
		import postgres from 'postgres';
		const pool = postgres(process.env.DATABASE_URL);
		export const query = (text) => pool.unsafe(text);
	`,
};

/** Fails if another file's note is in the database, or if the test before left none. */
const tests = `
	test('the file starts with an empty table', async () => {
		await query("INSERT INTO note (text) VALUES ('mine')");
		expect(await query('SELECT text FROM note')).toEqual([{ text: 'mine' }]);
	});
	test('its tests share the server, as the app', async () => {
		expect(await query('SELECT current_user AS name, count(*)::int FROM note'))
			.toEqual([{ name: process.env.PGUSER, count: 1 }]);
		console.error('server ' + process.env.PGPORT + ' of ' + process.env.PGUSER);
	});
`;

interface Project {
	readonly jest?: 29 | 30;
	readonly module?: boolean;
	readonly files: Readonly<Record<string, string>>;
}

async function projectWith({ jest = 30, module = false, files }: Project): Promise<string> {
	const project = await packedProject(tarball, [join(folders[jest], 'node_modules')]);
	const all = {
		'package.json': JSON.stringify(module ? { type: 'module' } : {}),
		'migrations/1_note.sql': 'CREATE TABLE note (text text NOT NULL);',
		...files,
	};
	for (const [name, text] of Object.entries(all)) {
		mkdirSync(dirname(join(project, name)), { recursive: true });
		writeFileSync(join(project, name), text);
	}
	return project;
}

const runJest = (project: string, ...args: string[]): Promise<Finished> =>
	runProcess(process.execPath, [...flags(project), jestIn(project), '--no-watchman', ...args], {
		cwd: project,
	});

const jestIn = (project: string) => join(project, 'node_modules/jest/bin/jest.js');
const flags = (project: string) =>
	readFileSync(join(project, 'package.json'), 'utf8').includes('"module"')
		? ['--experimental-vm-modules']
		: [];

/** The ports of the servers that the test files had. */
function serversOf({ status, stdout, stderr }: Finished): string[] {
	expect(status, stdout + stderr).toBe(0);
	return [...stderr.matchAll(/server (\d+) of app_user/g)].map(([, port = '']) => port);
}

const config = (fields: object) => JSON.stringify({ testEnvironment: 'slipway/jest', ...fields });
const ts = (file: string) => ({ 'a.test.ts': file, 'b.test.ts': file });
const js = (file: string) => ({ 'a.test.js': file, 'b.test.js': file });

const tsJest = { '^.+\\.ts$': ['ts-jest', { isolatedModules: true, diagnostics: false }] };

const combinations: Record<string, Project & { args: string[] }> = {
	'Jest 30, ts-jest, a configuration in TypeScript, servers started ahead for two workers': {
		files: {
			'db.ts': pools.pg,
			...ts(`import { query } from './db';${tests}`),
			'jest.config.ts': `
				import type { TestEnvironmentOptions } from 'slipway/jest';
				const testEnvironmentOptions = { login: 'app' } satisfies TestEnvironmentOptions;
				export default {
					testEnvironment: 'slipway/jest',
					testEnvironmentOptions,
					globalSetup: 'slipway/jest/global-setup',
					transform: ${JSON.stringify(tsJest)},
				};
			`,
		},
		args: ['--maxWorkers=2'],
	},
	'Jest 30, babel-jest, two workers, a pool of knex': {
		files: {
			'db.js': pools.knex,
			...js(`const { query } = require('./db');${tests}`),
			'jest.config.json': config({}),
		},
		args: ['--maxWorkers=2'],
	},
	'Jest 30, @swc/jest, two projects, servers started ahead in band': {
		files: {
			'db.ts': pools.pg,
			...ts(`import { query } from './db';${tests}`),
			'jest.config.json': JSON.stringify({
				projects: ['a', 'b'].map((name) => ({
					displayName: name,
					testEnvironment: 'slipway/jest',
					globalSetup: 'slipway/jest/global-setup',
					testMatch: [`**/${name}.test.ts`],
					transform: { '^.+\\.ts$': '@swc/jest' },
				})),
			}),
		},
		// The application's pool would keep Jest alive, as it does without Slipway.
		args: ['--runInBand', '--forceExit'],
	},
	'Jest 30, native ES modules, a pool of postgres.js': {
		module: true,
		files: {
			'db.js': pools.postgresjs,
			...js(`import { query } from './db.js';${tests}`),
			'jest.config.json': config({ transform: {} }),
		},
		args: ['--runInBand', '--forceExit'],
	},
	'Jest 29, ts-jest': {
		jest: 29,
		files: {
			'db.ts': pools.pg,
			...ts(`import { query } from './db';${tests}`),
			'jest.config.json': config({ transform: tsJest }),
		},
		args: ['--maxWorkers=2'],
	},
};

describe('a server for each test file', () => {
	test.each(Object.entries(combinations))('%s', async (_, { args, ...project }) => {
		const ports = serversOf(await runJest(await projectWith(project), ...args));
		expect(new Set(ports).size).toBe(2);
	});
});

/** A project without an application: its test files read the environment. */
const plainProject = (test: string, fields: object = {}) =>
	projectWith({ files: { 'a.test.js': test, 'jest.config.json': config(fields) } });

/** What Jest said of each test file. */
interface Results {
	readonly testResults: readonly { name: string; status: 'passed' | 'failed'; message: string }[];
}

describe('options', () => {
	// vitest would take these comments for its own.
	const comment = (environment: string, options: object) =>
		[
			'/**',
			` * @${'jest'}-environment ${environment}`,
			` * @${'jest'}-environment-options ${JSON.stringify(options)}`,
			' */',
		].join('\n');
	const files = {
		'extends.test.js': `${comment('./environment.js', {
			seed: "INSERT INTO note VALUES ('seeded')",
			url: ['DATABASE_URL', 'NOTES_URL'],
		})}
			const { Client } = require('pg');
			test('works', async () => {
				const client = new Client(process.env.DATABASE_URL);
				await client.connect();
				const { rows } = await client.query('SELECT session_user AS name, array_agg(text) AS notes FROM note');
				await client.end();
				expect(rows).toEqual([{ name: 'app_migrator', notes: ['seeded'] }]);
				expect(process.env.NOTES_URL).toBe(process.env.DATABASE_URL);
				const inherited = require('node:child_process').execSync('echo $DATABASE_URL').toString().trim();
				expect(inherited).toBe(process.env.DATABASE_URL);
				expect([typeof seed, typeof login, own]).toEqual(['undefined', 'undefined', 'of a subclass']);
			});`,
		'misspelt.test.js': `${comment('slipway/jest', { loggin: 'migrator', customExportConditions: ['node'] })}
			test('works', () => {});`,
		'without.test.js': `${comment('slipway/jest', { url: false })}
			test('works', () => expect(process.env.DATABASE_URL).toBe('mine'));`,
		'environment.js': `
			const SlipwayEnvironment = require('slipway/jest');
			module.exports = class extends SlipwayEnvironment {
				async setup() {
					await super.setup();
					this.global.own = 'of a subclass';
				}
			};`,
		'jest.config.json': config({ testEnvironmentOptions: { login: 'migrator' } }),
	};
	/** One run for all tests of this group. */
	let results: Promise<Results> | undefined;
	const resultOf = async (file: string) => {
		results ??= runAll();
		return (await results).testResults.find(({ name }) => name.endsWith(`/${file}`));
	};
	const runAll = async (): Promise<Results> => {
		const project = await projectWith({ files });
		const args = [jestIn(project), '--no-watchman', '--json'];
		const env = { DATABASE_URL: 'mine' };
		const { stdout, stderr } = await runProcess(process.execPath, args, { cwd: project, env });
		expect(stdout, stderr).toContain('testResults');
		return JSON.parse(stdout);
	};

	test('are those of the configuration, and those in a comment of the file, in an environment that extends ours', async () => {
		expect(await resultOf('extends.test.js')).toMatchObject({ status: 'passed', message: '' });
	});

	test('that do not exist are refused, with their names', async () => {
		expect(await resultOf('misspelt.test.js')).toMatchObject({
			status: 'failed',
			message: expect.stringMatching(
				/there is no "loggin"; did you mean "login"\?\n\s*The options are migrations, /,
			),
		});
	});

	test('can ask for no server', async () => {
		expect(await resultOf('without.test.js')).toMatchObject({ status: 'passed', message: '' });
	});
});

test('a migration that fails is reported with its file and fix', async () => {
	const project = await plainProject("test('works', () => {});", {
		globalSetup: 'slipway/jest/global-setup',
	});
	writeFileSync(join(project, 'migrations/2_wrong.sql'), 'CREATE TABLE note (text text);');
	const { status, stderr } = await runJest(project);
	expect(status).toBe(1);
	expect(stderr).toMatch(/2_wrong.*already exists.*Fix the file/s);
});

test('a failed test says which right the app lacked, also where the application hid it', async () => {
	const file = `
		const { query } = require('./db.js');
		const answer = (text) => query(text).then(() => 200, () => 500);
		test('throws', () => query('TRUNCATE note'));
		test('expects a refusal', async () => expect(await answer('TRUNCATE note')).toBe(500));
		test('hides', async () => expect(await answer('COMMENT ON TABLE note IS NULL')).toBe(200));
		describe('group', () => {
			beforeAll(() => query('CREATE TABLE more (id int)'));
			test('never runs', () => {});
		});
	`;
	const project = await projectWith({
		files: { 'db.js': pools.knex, 'a.test.js': file, 'jest.config.json': config({}) },
	});
	const { stderr } = await runJest(project, '--forceExit');
	const [, ...failures] = stderr.split(/^ {2}● /m);
	const said = Object.fromEntries(failures.map((text) => [text.split('\n')[0], text]));
	expect(said.throws).toContain('GRANT TRUNCATE ON "note" TO app_user;');
	expect(said.hides).toMatch(
		/must be owner of table note\n +COMMENT ON TABLE note IS NULL\n.*Do it in a migration/,
	);
	expect(said['group › never runs']).toContain('CREATE on the schema "public", also for IF NOT EXISTS');
	expect(said['expects a refusal']).toBeUndefined();
});

test.each([{}, { globalSetup: 'slipway/jest/global-setup' }])(
	'a killed Jest leaves no server behind %j',
	async (fields) => {
		const file = `
			test('hangs', async () => {
				console.error('server ' + process.env.PGPORT + ' runs for ' + process.pid);
				await new Promise((resolve) => setTimeout(resolve, 60_000));
			}, 60_000);
		`;
		const project = await projectWith({ files: { ...js(file), 'jest.config.json': config(fields) } });
		const args = [jestIn(project), '--no-watchman', '--maxWorkers=2', '--verbose'];
		const jest = startProcess(process.execPath, args, { cwd: project });
		await jest.printed(/server \d+ runs.*server \d+ runs/s);
		jest.child.kill('SIGKILL');
		const { stdout, stderr } = await jest.finished;
		for (const [, port, worker] of (stdout + stderr).matchAll(/server (\d+) runs for (\d+)/g)) {
			await eventually(async () => !(await isListening(Number(port))));
			endWorker(Number(worker));
		}
	},
);

/** Jest's workers outlive it until their test ends. */
function endWorker(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

function isListening(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => resolve(true));
		socket.on('error', () => resolve(false)).once('connect', () => socket.destroy());
	});
}

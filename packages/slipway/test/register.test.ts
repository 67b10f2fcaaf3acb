import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Finished, runProcess, toolRoot } from './helpers/child-process.ts';
import { ensurePackages } from './helpers/install-packages.ts';
import { packedProject, packPackage } from './helpers/packed-project.ts';

const runners = join(toolRoot, 'test/register');

let tarball: Buffer;
beforeAll(async () => {
	await ensurePackages(runners);
	tarball = await packPackage();
});

/** An application that reads DATABASE_URL when it is imported. `notes` adds one and counts them. */
const application = `
	import pg from 'pg';
	const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, allowExitOnIdle: true });
	export async function notes() {
		await pool.query("INSERT INTO note (text) VALUES ('mine')");
		const { rows } = await pool.query('SELECT current_user AS name, count(*)::int AS count FROM note');
		return rows[0].name + ' has ' + rows[0].count + ' on ' + process.env.PGPORT;
	}
`;

/** A project with the files a and b, each with the text that `file` returns. */
async function projectWith(
	file: (name: string) => string,
	files: Readonly<Record<string, string>> = {},
): Promise<string> {
	const project = await packedProject(tarball, [join(runners, 'node_modules')]);
	const all = {
		'migrations/1_note.sql': 'CREATE TABLE note (text text NOT NULL);',
		'app.js': application,
		'a.test.js': file('a'),
		'b.test.js': file('b'),
		...files,
	};
	for (const [name, text] of Object.entries(all)) {
		mkdirSync(dirname(join(project, name)), { recursive: true });
		writeFileSync(join(project, name), text);
	}
	return project;
}

const node = (project: string, ...args: string[]) => runProcess(process.execPath, args, { cwd: project });

/** How many notes each file found, the least first, and on how many servers. */
function outcome({ status, stdout, stderr }: Finished): { counts: number[]; servers: number } {
	expect(status, stdout + stderr).toBe(0);
	const found = [...(stdout + stderr).matchAll(/app_user has (\d+) on (\d+)/g)];
	return {
		counts: found.map(([, count]) => Number(count)).toSorted(),
		servers: new Set(found.map(([, , port]) => port)).size,
	};
}

const serverEach = { counts: [1, 1], servers: 2 };
const serverForAll = { counts: [1, 2], servers: 1 };

describe('node:test', () => {
	const file = (name: string) => `
		import { test } from 'node:test';
		import { notes } from './app.js';
		test('${name}', async () => console.log(await notes()));
	`;

	test('gives each file a server', async () => {
		const project = await projectWith(file);
		expect(outcome(await node(project, '--import', 'slipway/register', '--test'))).toEqual(serverEach);
	});

	test('gives all files one server without isolation', async () => {
		const project = await projectWith(file);
		const isolation = process.allowedNodeEnvironmentFlags.has('--test-isolation')
			? '--test-isolation=none'
			: '--experimental-test-isolation=none';
		const finished = await node(project, '--import', 'slipway/register', '--test', isolation);
		expect(outcome(finished)).toEqual(serverForAll);
	});

	test('lets the processes and worker threads of a test use its server', async () => {
		const printer = 'console.log("app_user has 1 on " + process.env.PGPORT)';
		const own = `
			import { fork } from 'node:child_process';
			import { once } from 'node:events';
			import { test } from 'node:test';
			import { Worker } from 'node:worker_threads';
			test('starts others', async () => {
				${printer};
				await once(new Worker('${printer}', { eval: true }), 'exit');
				await once(fork('./printer.mjs'), 'exit');
			});
		`;
		const project = await projectWith(() => own, { 'printer.mjs': printer });
		const finished = await node(project, '--import', 'slipway/register', 'a.test.js');
		expect(outcome(finished)).toEqual({ counts: [1, 1, 1], servers: 1 });
	});

	test('reports a migration that fails, and runs nothing', async () => {
		const project = await projectWith(file, { 'migrations/2_wrong.sql': 'CREATE TABLE note ();' });
		const { status, stdout, stderr } = await node(project, '--import', 'slipway/register', 'a.test.js');
		expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
		expect(stderr).toMatch(/^error: .*2_wrong.*already exists/s);
	});
});

describe('Mocha', () => {
	const file = (name: string) => `
		import { notes } from './app.js';
		it('${name}', async () => console.log(await notes()));
	`;
	const mocha = 'node_modules/mocha/bin/mocha.js';
	const settings = { '.mocharc.json': '{ "require": ["slipway/register"] }' };

	test('gives all files one server', async () => {
		const project = await projectWith(file, settings);
		expect(outcome(await node(project, mocha, '*.test.js'))).toEqual(serverForAll);
	});

	test('gives each worker a server', async () => {
		const project = await projectWith(file, settings);
		const finished = await node(project, mocha, '--parallel', '--jobs=2', '*.test.js');
		expect(outcome(finished)).toEqual(serverEach);
	});
});

test.each([true, false])('AVA gives each file a server, with worker threads: %s', async (workerThreads) => {
	const file = () => `
		import test from 'ava';
		import { notes } from './app.js';
		test('works', async (t) => {
			console.log(await notes());
			t.pass();
		});
	`;
	const settings = { timeout: '2m', workerThreads, nodeArguments: ['--import=slipway/register'] };
	const project = await projectWith(file, {
		'ava.config.js': `export default ${JSON.stringify(settings)};`,
	});
	expect(outcome(await node(project, 'node_modules/ava/entrypoints/cli.mjs'))).toEqual(serverEach);
});

describe.runIf(process.platform === 'linux')('Bun', () => {
	const architecture = process.arch === 'arm64' ? 'aarch64' : process.arch;
	const bun = join(runners, `node_modules/@oven/bun-linux-${architecture}/bin/bun`);
	const file = () => `
		import { test } from 'bun:test';
		import { notes } from './app.js';
		test('works', async () => console.log(await notes()));
	`;

	test('gives all files one server by the preload', async () => {
		const project = await projectWith(file, {
			'bunfig.toml': '[test]\npreload = ["slipway/register"]\n',
		});
		expect(outcome(await runProcess(bun, ['test'], { cwd: project }))).toEqual(serverForAll);
	});

	test('finds the server of slipway run', async () => {
		const project = await projectWith(file);
		const finished = await node(project, 'node_modules/slipway/cli/main.js', 'run', '--', bun, 'test');
		expect(outcome(finished)).toEqual(serverForAll);
	});

	test('starts and stops servers with the library', async () => {
		const project = await projectWith(file, {
			'script.ts': `
				import { startPostgres, withClient } from 'slipway';
				const server = await startPostgres();
				const [row] = await withClient(server.app, (sql) => sql\`SELECT current_user AS name\`);
				console.log(row.name);
				await server.stop();
				await startPostgres();
			`,
		});
		const finished = await runProcess(bun, ['script.ts'], { cwd: project });
		expect(finished, finished.stderr).toMatchObject({ status: 0, stdout: 'app_user\n' });
	});
});

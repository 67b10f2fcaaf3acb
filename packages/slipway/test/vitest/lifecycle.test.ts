import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import type { RunningChild } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { makeProject, runVitest, startVitest, usePackage } from './project.ts';

usePackage();

/** Starts vitest with a temporary folder of its own, to see what it leaves there. */
function start(files: Record<string, string>, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
	const project = makeProject(files);
	const temporary = join(project, 'tmp');
	mkdirSync(temporary);
	const run = startVitest(project, args, { TMPDIR: temporary, ...env });
	onTestFinished(() => void run.child.kill('SIGKILL'));
	const left = () => readdirSync(temporary).filter((name) => name.startsWith('slipway-'));
	// A server that was about to start when the run was killed leaves files, which the next start removes.
	const serversEnded = () =>
		left().every((name) => !existsSync(join(temporary, name, 'cluster/data/postmaster.pid')));
	return { project, run, left, serversEnded };
}

async function printed(run: RunningChild, text: RegExp): Promise<string> {
	let output = '';
	run.child.stdout?.on('data', (chunk: string) => {
		output += chunk;
	});
	run.child.stderr?.on('data', (chunk: string) => {
		output += chunk;
	});
	await run.printed(text);
	return output;
}

const failing = `
	import { expect } from 'vitest';
	import { databaseTest, test, transactionTest } from 'slipway/vitest';
	for (const [name, level] of Object.entries({ test, databaseTest, transactionTest }))
		level('writes ' + name, async ({ sql }) => {
			await sql\`INSERT INTO note (text) VALUES (\${'by ' + name})\`;
			expect(name).toBe('something else');
		});`;

test('SLIPWAY_KEEP=failed keeps the databases of failed tests until Ctrl-C, then removes them', async () => {
	const { run, left } = start({ 'failing.test.ts': failing }, ['run', '--teardownTimeout=1'], {
		SLIPWAY_KEEP: 'failed',
	});
	const output = await printed(run, /until Ctrl-C:\n(.*psql.*\n){3}/);
	const files = [...(output.split('until Ctrl-C')[1] ?? '').matchAll(/PGPASSFILE=(\S+) psql/g)];
	const texts = await Promise.all(files.map(([, file = '']) => readNotes(file)));
	expect(texts.sort()).toEqual(['by databaseTest', 'by test', 'by transactionTest']);
	run.child.kill('SIGINT');
	const { status, stdout, stderr } = await run.finished;
	expect(status).toBe(1);
	for (const [, file = ''] of files) expect(stdout + stderr).not.toContain(passwordIn(file));
	expect(left()).toEqual([]);
});

const passwords = new Map<string, string>();
const passwordIn = (file: string) => passwords.get(file) ?? '';

/** Logs in as psql would, with the password file that the printed command names. */
async function readNotes(file: string): Promise<unknown> {
	const [host = '', port, database = '', username = '', password = ''] = readFileSync(file, 'utf8')
		.trim()
		.split(':');
	passwords.set(file, password);
	const app = { host, port: Number(port), database, username, password, sslMode: 'disable' as const };
	const [row] = await withClient(app, (sql) => sql`SELECT text FROM note`);
	return row?.text;
}

test('the next run removes what a killed run kept', async () => {
	const { project, run, left, serversEnded } = start({ 'failing.test.ts': failing }, ['run'], {
		SLIPWAY_KEEP: 'failed',
	});
	await run.printed(/until Ctrl-C:\n(.*psql.*\n){3}/);
	run.child.kill('SIGKILL');
	await run.finished;
	expect(left().some((name) => name.startsWith('slipway-kept-'))).toBe(true);
	await runVitest(project, ['--passWithNoTests', 'nothing'], { TMPDIR: join(project, 'tmp') });
	expect(left().some((name) => name.startsWith('slipway-kept-'))).toBe(false);
	await eventually(serversEnded);
});

test('a failed test prints a psql command, and its database is removed when the run ends', async () => {
	const { run, left } = start({ 'failing.test.ts': failing }, ['run']);
	const { status, stderr } = await run.finished;
	expect(status).toBe(1);
	expect(stderr.match(/The test's database is kept: PGPASSFILE=\S+ psql -h 127\.0\.0\.1 /g)).toHaveLength(3);
	expect(left()).toEqual([]);
});

test('in watch mode, a new migration reruns the tests with it, and removes the kept databases', async () => {
	const file = `
		import { expect } from 'vitest';
		import { databaseTest, test } from 'slipway/vitest';
		for (const level of [test, databaseTest])
			level('has the new table', async ({ sql }) => {
				expect(await sql\`SELECT * FROM \${sql('added')}\`).toEqual([]);
			});`;
	const { project, run, left, serversEnded } = start({ 'sample.test.ts': file }, ['--watch']);
	await run.printed(/Tests +2 failed/);
	expect(left().some((name) => name.startsWith('slipway-kept-'))).toBe(true);
	writeFileSync(
		join(project, 'migrations/20260102000000000_added.sql'),
		'-- Up Migration\nCREATE TABLE added (x int);\n-- Down Migration\nDROP TABLE added;',
	);
	await run.printed(/Tests +2 passed/);
	expect(left().some((name) => name.startsWith('slipway-kept-'))).toBe(false);
	run.child.kill('SIGTERM');
	await run.finished;
	await eventually(serversEnded);
});

test('in watch mode, a removed migration and a changed seed rerun the tests with that change', async () => {
	const extra = 'migrations/20260102000000000_added.sql';
	const { project, run } = start(
		{
			[extra]: '-- Up Migration\nCREATE TABLE added (x int);',
			'[a] (b).sql': "INSERT INTO note (text) VALUES ('first')",
			'sample.test.ts': `
				import { databaseTest } from 'slipway/vitest';
				const test = databaseTest.extend({ postgres: { seed: '[a] (b).sql' } });
				test('prints the row and the table', async ({ sql }) => {
					const [row] = await sql\`SELECT text, to_regclass('added') FROM note\`;
					console.log(JSON.stringify(row));
				});`,
		},
		['--watch'],
	);
	await run.printed(/"first","to_regclass":"added"(.|\n)*Waiting/);
	writeFileSync(join(project, '[a] (b).sql'), "INSERT INTO note (text) VALUES ('second')");
	await run.printed(/"second","to_regclass":"added"(.|\n)*Waiting/);
	rmSync(join(project, extra));
	await run.printed(/"second","to_regclass":null/);
	run.child.kill('SIGTERM');
	await run.finished;
});

const waiting = `
	import { test } from 'slipway/vitest';
	test('waits', { timeout: 600_000 }, async ({ sql, app }) => {
		await sql\`SELECT 1\`;
		console.log('process ' + process.pid + ' waits, port ' + app.port);
		await sql\`SELECT pg_sleep(600)\`;
	});`;

test.each(['forks', 'threads'])('when the run is killed, its servers stop (%s)', async (pool) => {
	const { run, serversEnded } = start({ 'one.test.ts': waiting, 'two.test.ts': waiting }, [
		'run',
		`--pool=${pool}`,
	]);
	const output = await printed(run, /port \d+(.|\n)*port \d+/);
	const ports = [...output.matchAll(/port (\d+)/g)].map(([, port]) => Number(port));
	run.child.kill('SIGKILL');
	await run.finished;
	await eventually(async () => (await Promise.all(ports.map(isFree))).every(Boolean));
	await eventually(serversEnded);
});

test('when a worker is killed, its server stops and the run continues', async () => {
	const { project, run, left } = start(
		{
			'one.test.ts': waiting,
			'two.test.ts': `
				import { setTimeout as sleep } from 'node:timers/promises';
				import { existsSync } from 'node:fs';
				import { test } from 'slipway/vitest';
				test('goes on', { timeout: 60_000 }, async ({ sql }) => {
					while (!existsSync('go')) await sleep(20);
					await sql\`SELECT 1\`;
				});`,
		},
		['run', '--pool=forks'],
	);
	const output = await printed(run, /process \d+ waits, port \d+/);
	const [, worker = '', server = ''] = /process (\d+) waits, port (\d+)/.exec(output) ?? [];
	process.kill(Number(worker), 'SIGKILL');
	await eventually(() => isFree(Number(server)));
	writeFileSync(join(project, 'go'), '');
	const { stdout, status } = await run.finished;
	expect(stdout).toMatch(/Tests +1 passed/);
	expect(status).toBe(1);
	expect(left()).toEqual([]);
});

const waitingOnTen = `
	import { databaseTest as test } from 'slipway/vitest';
	let count = 0;
	for (let number = 1; number <= 10; number++)
		test.concurrent('waits ' + number, { timeout: 600_000 }, async ({ sql, app }) => {
			await sql\`SELECT 1\`;
			if (++count === 10) console.log('process ' + process.pid + ' waits, port ' + app.port);
			await sql\`SELECT pg_sleep(600)\`;
		});`;

test('when a worker is killed that holds ten databases, the next file of its server goes on', async () => {
	const { run, left } = start(
		{
			'one.test.ts': waitingOnTen,
			'two.test.ts': `
				import { databaseTest as test } from 'slipway/vitest';
				test('goes on', async ({ sql, app }) => {
					await sql\`SELECT 1\`;
					console.log('goes on at port ' + app.port);
				});`,
		},
		['run', '--pool=forks', '--maxWorkers=1', '--sequence.shuffle=false'],
	);
	const output = await printed(run, /process \d+ waits, port \d+/);
	const [, worker = ''] = /process (\d+) waits/.exec(output) ?? [];
	process.kill(Number(worker), 'SIGKILL');
	const { stdout, status } = await run.finished;
	expect(stdout).toMatch(/Tests +1 passed/);
	expect(status).toBe(1);
	expect(left()).toEqual([]);
});

async function isFree(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	const { promise, resolve } = Promise.withResolvers<boolean>();
	socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
	return await promise.finally(() => socket.destroy());
}

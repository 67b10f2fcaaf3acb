import { once } from 'node:events';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import type { SlipwayError } from '../../../src/errors.ts';
import {
	fixPermissions,
	type PostgresServer,
	startEmbedded,
	startOrJoin,
} from '../../../src/postgres/index.ts';
import { runProcess, startModule } from '../../helpers/child-process.ts';
import { eventually } from '../../helpers/eventually.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

async function start(directory: string): Promise<PostgresServer> {
	const server = await startEmbedded({ directory, command: 'the test' });
	onTestFinished(() => server[Symbol.asyncDispose]());
	return server;
}

const remember = (server: PostgresServer, word: string) =>
	withClient(server.admin, (sql) => sql.unsafe(`CREATE TABLE ${word} ()`));
const recall = (server: PostgresServer) =>
	withClient(server.admin, async (sql) => {
		const rows = await sql<{ relname: string }[]>`
			SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY relname`;
		return rows.map(({ relname }) => relname);
	});

/**
 * A separate process that starts a server on `directory`, prints its admin connection, and waits for its end.
 */
const holder = (directory: string) =>
	startModule(
		`import { startEmbedded } from './src/postgres/index.ts';
		const server = await startEmbedded({ directory: process.argv[1], command: 'the holder' });
		console.log('started ' + server.admin.port);
		setInterval(() => {}, 1000);`,
		[directory],
	);

describe('data', () => {
	test('survives a stop and a start, with the same port and password', async () => {
		const directory = temporaryDirectory();
		const first = await start(directory);
		await remember(first, 'kept');
		await first[Symbol.asyncDispose]();
		const second = await start(directory);
		expect(await recall(second)).toEqual(['kept']);
		expect(second.admin).toEqual(first.admin);
	});

	test('survives a SIGKILL of everything: program, supervisor and every process of PostgreSQL', async () => {
		const directory = temporaryDirectory();
		const { pid, printed, finished } = holder(directory);
		await printed('started');
		const [postmaster] = readFileSync(join(directory, 'cluster/data/postmaster.pid'), 'utf8').split('\n');
		const stat = readFileSync(`/proc/${postmaster}/stat`, 'utf8').split(' ');
		const session = Number(stat[5]);
		process.kill(pid, 'SIGKILL');
		process.kill(-session, 'SIGKILL');
		await finished;
		const server = await start(directory);
		await remember(server, 'after_the_crash');
		expect(await recall(server)).toEqual(['after_the_crash']);
	});

	test('has a different password in each directory', async () => {
		const [one, other] = await Promise.all([start(temporaryDirectory()), start(temporaryDirectory())]);
		expect(one.admin.password).not.toBe(other.admin.password);
		expect(one.admin.password.length).toBeGreaterThanOrEqual(32);
	});

	test('is closed to other users of the machine', async () => {
		const directory = temporaryDirectory();
		await start(directory);
		expect(statSync(join(directory, 'cluster')).mode & 0o077).toBe(0);
	});
});

describe('a directory', () => {
	test.each([
		['with spaces, quotes and letters of other scripts', `a b/it's "ünïcode" ☃/日本語`],
		['with a very long path', `${'long-name-'.repeat(20)}/`.repeat(3)],
	])('%s serves', async (_, name) => {
		const server = await start(join(temporaryDirectory(), name));
		expect(await recall(server)).toEqual([]);
	});

	test('whose path is too long for PostgreSQL is an error that names the limit', async () => {
		const directory = join(temporaryDirectory(), `${'x'.repeat(200)}/`.repeat(6));
		await expect(start(directory)).rejects.toMatchObject({
			code: 'path-too-long',
			message: expect.stringContaining('923'),
		});
	});

	test('that another process uses is an error that names the process', async () => {
		const directory = temporaryDirectory();
		const { child, pid, printed, finished } = holder(directory);
		await printed('started');
		await expect(start(directory)).rejects.toMatchObject({
			code: 'directory-in-use',
			message: expect.stringMatching(new RegExp(`in use by the holder \\(process ${pid}, since .+\\)`)),
			hint: expect.stringContaining(`kill ${pid}`),
		});
		child.kill('SIGKILL');
		await finished;
	});

	test('whose process was killed can be used again, even before its server has ended', async () => {
		const directory = temporaryDirectory();
		const { child, printed, finished } = holder(directory);
		await printed('started');
		child.kill('SIGKILL');
		await finished;
		expect(await recall(await start(directory))).toEqual([]);
	});

	test('whose process was killed while it started a server can be used again', async () => {
		const directory = temporaryDirectory();
		const first = await start(directory);
		await remember(first, 'kept');
		await first.stop();
		for (let run = 0; run < 15; run += 1) {
			const { child, finished } = holder(directory);
			const isLocked = () => readdirSync(join(directory, 'claims')).length > 0;
			await eventually(isLocked);
			await sleep(run * 2);
			child.kill('SIGKILL');
			await finished;
			const server = await start(directory);
			expect(await recall(server)).toEqual(['kept']);
			await server.stop();
		}
	});

	test('whose server was killed when it had just created its lock file can be used again', async () => {
		const directory = temporaryDirectory();
		const first = await start(directory);
		await remember(first, 'kept');
		await first.stop();
		writeFileSync(join(directory, 'cluster/data/postmaster.pid'), '');
		expect(await recall(await start(directory))).toEqual(['kept']);
	});

	test('in which initdb was killed gets a new cluster', async () => {
		const directory = temporaryDirectory();
		const { child, finished } = holder(directory);
		const unfinished = () => readdirSync(directory).find((name) => name.startsWith('cluster.unfinished-'));
		await eventually(() => existsSync(join(directory, unfinished() ?? '-', 'data/global')));
		child.kill('SIGKILL');
		await finished;
		expect(await recall(await start(directory))).toEqual([]);
	});

	test('of another major version is left alone', async () => {
		const directory = temporaryDirectory();
		mkdirSync(join(directory, 'cluster/data'), { recursive: true });
		writeFileSync(join(directory, 'cluster/data/PG_VERSION'), '17\n');
		await expect(start(directory)).rejects.toMatchObject({
			code: 'data-directory-version',
			message: expect.stringContaining('created by PostgreSQL 17, and this is PostgreSQL 18'),
			hint: expect.stringMatching(/npx slipway db upgrade.*POSTGRES_VERSION=17/),
		});
		expect(readFileSync(join(directory, 'cluster/data/PG_VERSION'), 'utf8')).toBe('17\n');
	});

	test.each(['superuser-password', 'data/PG_VERSION'])(
		'that lost its %s is an error that names the file',
		async (part) => {
			const directory = temporaryDirectory();
			mkdirSync(join(directory, 'cluster/data'), { recursive: true });
			writeFileSync(join(directory, 'cluster/data/PG_VERSION'), '18\n');
			writeFileSync(join(directory, 'cluster/superuser-password'), 'x');
			writeFileSync(join(directory, 'cluster', part), '');
			await expect(start(directory)).rejects.toMatchObject({
				code: 'cluster-damaged',
				message: expect.stringContaining(part),
			});
		},
	);

	test('whose permissions were changed is an error whose fix is a command', async () => {
		const directory = temporaryDirectory();
		const cluster = join(directory, 'cluster');
		const first = await start(directory);
		await remember(first, 'kept');
		await first.stop();
		for (const [mode, path] of [
			['0777', 'data'],
			['0000', 'data'],
			['0644', 'data/base'],
			['0444', 'data/PG_VERSION'],
		] as const) {
			chmodSync(join(cluster, path), mode);
			const error = await start(directory).catch((thrown: SlipwayError) => thrown);
			expect(error).toMatchObject({
				code: 'data-directory-permissions',
				message: expect.stringContaining(`${join(cluster, path)}, whose mode is ${mode}`),
				hint: `Restore the permissions: chmod -R u=rwX,go= '${cluster}'`,
			});
			const [, command = ''] = (error as SlipwayError).hint.split(/: (.*)/s);
			expect(await runProcess('sh', ['-c', command])).toMatchObject({ status: 0 });
		}
		expect(await runProcess('chmod', ['-R', 'a=rwx', cluster])).toMatchObject({ status: 0 });
		fixPermissions(cluster);
		expect(await runProcess('find', [cluster, '-perm', '/077'])).toMatchObject({ stdout: '' });
		expect(await recall(await start(directory))).toEqual(['kept']);
	});

	test('that cannot be created is an error with its name and a fix', async () => {
		const file = join(temporaryDirectory(), 'a-file');
		writeFileSync(file, '');
		await expect(start(join(file, 'data'))).rejects.toMatchObject({
			code: 'unwritable',
			message: expect.stringContaining(file),
		});
	});

	test('that is damaged is an error with the message of PostgreSQL', async () => {
		const directory = temporaryDirectory();
		await (await start(directory))[Symbol.asyncDispose]();
		writeFileSync(join(directory, 'cluster/data/global/pg_control'), 'damaged');
		await expect(start(directory)).rejects.toMatchObject({
			code: 'server-did-not-start',
			message: expect.stringContaining('pg_control'),
		});
		expect(readdirSync(join(directory, 'claims'))).toEqual([]);
	});
});

describe('a port', () => {
	test('that is in use by now is replaced by another', async () => {
		const directory = temporaryDirectory();
		const first = await start(directory);
		await first[Symbol.asyncDispose]();
		const squatter = createServer().listen(first.admin.port, '127.0.0.1');
		onTestFinished(() => void squatter.close());
		await once(squatter, 'listening');
		const second = await start(directory);
		expect(second.admin.port).not.toBe(first.admin.port);
		expect(await recall(second)).toEqual([]);
	});
});

describe('a directory in use', () => {
	const startOrJoinIn = (directory: string, owner: string) =>
		startOrJoin({ provider: 'embedded', directory, command: 'another command', owners: [owner] });

	test('has a running server, which is joined and left running', async () => {
		const directory = temporaryDirectory();
		const running = await start(directory);
		await using joined = await startOrJoinIn(directory, 'the test');
		expect(joined.admin).toEqual(running.admin);
		await joined.stop();
		expect(await recall(running)).toEqual([]);
	});

	test('is waited for if another command uses it', async () => {
		const directory = temporaryDirectory();
		const first = await start(directory);
		await remember(first, 'before');
		const second = startOrJoinIn(directory, 'another owner');
		await first[Symbol.asyncDispose]();
		await using server = await second;
		expect(await recall(server)).toEqual(['before']);
	});
});

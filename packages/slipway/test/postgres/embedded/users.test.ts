import { chmodSync, chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { chooseLaunch } from '../../../src/postgres/embedded/user.ts';
import { snapshotWay, startEmbedded } from '../../../src/postgres/index.ts';
import {
	projectRoot,
	type RunningChild,
	runProcess,
	startModule,
	startProcess,
	toolRoot,
} from '../../helpers/child-process.ts';
import { testInOwnNamespace } from '../../helpers/own-namespace.ts';
import { makeDirectory, temporaryDirectory } from '../../helpers/temporary-directory.ts';

const asRoot = process.getuid?.() === 0;

/** Starts a server in `argv[1]`, queries it, and prints the owner of its files. */
const useServer = `
	import { statSync } from 'node:fs';
	import { withClient } from './src/connection/index.ts';
	import { startEmbedded } from './src/postgres/index.ts';
	await using server = await startEmbedded({ directory: process.argv[1] });
	const [row] = await withClient(server.admin, (sql) => sql\`SELECT current_user\`);
	console.log(row.current_user, statSync(process.argv[1] + '/cluster/data').uid);`;

test('PostgreSQL itself never runs as root, no matter which user starts it and where its files are', async () => {
	await using server = await startEmbedded();
	const [row] = await withClient(
		server.admin,
		(sql) => sql<{ status: string }[]>`SELECT pg_read_file('/proc/self/status') AS status`,
	);
	const [, effective] = /^Uid:\t\d+\t(\d+)/m.exec(row?.status ?? '') ?? [];
	expect(Number(effective)).toBeGreaterThan(0);
});

test.runIf(asRoot)('root can use a data directory below a closed home directory', async () => {
	const home = temporaryDirectory();
	chmodSync(home, 0o700);
	const { stdout } = await startModule(useServer, [join(home, 'data')]).finished;
	expect(stdout).toBe('postgres 0\n');
});

test.runIf(asRoot)('data of another user is an error whose fix is a command', async () => {
	const directory = temporaryDirectory();
	await (await startEmbedded({ directory })).stop();
	chmodSync(directory, 0o755);
	chmodSync(join(directory, 'cluster'), 0o755);
	const check = `
		import { checkCluster } from './src/postgres/index.ts';
		try { checkCluster(process.argv[1], 18); } catch (error) { console.log(error.code, error.message, error.hint); }`;
	const node = [process.execPath, '--input-type=module-typescript', '-e', check, '--', directory];
	const ordinary = ['--reuid=1000', '--regid=1000', '--clear-groups', ...node];
	const { stdout } = await runProcess('setpriv', ordinary, { cwd: toolRoot });
	expect(stdout).toMatch(/^unwritable .*cluster belongs to user 0, and .* user 1000 .*sudo chown -R/);
});

/** As in a Docker container: with its capabilities, and without user namespaces. */
function startInContainer(source: string, directory: string): RunningChild {
	const blocked = temporaryDirectory();
	writeFileSync(join(blocked, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
	const kept = ['chown', 'dac_override', 'fowner', 'kill', 'setgid', 'setuid', 'setpcap', 'net_bind_service'];
	const set = ['-all', ...kept.map((name) => `+${name}`)].join(',');
	return startProcess(
		'setpriv',
		[
			`--bounding-set=${set}`,
			process.execPath,
			'--input-type=module-typescript',
			'-e',
			source,
			'--',
			directory,
		],
		{ cwd: toolRoot, env: { PATH: `${blocked}:${process.env.PATH}` } },
	);
}

describe.runIf(asRoot)('where user namespaces are blocked', () => {
	test('root runs the server as another user, who later also runs it where they are not blocked', async () => {
		const home = temporaryDirectory();
		chmodSync(home, 0o700);
		const data = join(home, 'data');
		const first = await startInContainer(useServer, data).finished;
		expect(first.stdout, first.stderr).toMatch(/^postgres [1-9]\d*\n$/);
		const again = await startModule(useServer, [data]).finished;
		expect(again.stdout, again.stderr).toBe(first.stdout);
	});

	test('root starts from a snapshot, its own or one that another user created', async () => {
		const home = temporaryDirectory();
		chmodSync(home, 0o700);
		const start = `
			import { withClient } from './src/connection/index.ts';
			import { startPostgres } from './src/start-postgres.ts';
			await using server = await startPostgres({ snapshots: process.argv[1] });
			const [row] = await withClient(server.admin, (sql) => sql\`SELECT system_identifier FROM pg_control_system()\`);
			console.log(row.system_identifier);`;
		const own = [startInContainer(start, join(home, 'a')), startModule(start, [join(home, 'b')])];
		const made = await Promise.all(own.map(({ finished }) => finished));
		const other = [startModule(start, [join(home, 'a')]), startInContainer(start, join(home, 'b'))];
		const used = await Promise.all(other.map(({ finished }) => finished));
		expect(made[0]?.stdout, made[0]?.stderr).toMatch(/^\d+\n$/);
		expect(used).toEqual(made);
	});

	test('root finds a running server, and one whose process was killed', async () => {
		const data = join(temporaryDirectory(), 'data');
		const hold = `
			import { startEmbedded } from './src/postgres/index.ts';
			await startEmbedded({ directory: process.argv[1], command: 'the holder' });
			console.log('started');
			setInterval(() => {}, 1000);`;
		const attach = `
			import { startOrJoin } from './src/postgres/index.ts';
			const directory = process.argv[1];
			await using server = await startOrJoin({ provider: 'embedded', directory, command: 'the test', owners: ['the holder'] });
			console.log('attached');`;
		const holder = startInContainer(hold, data);
		await holder.printed('started');
		expect(await startInContainer(attach, data).finished).toMatchObject({ stdout: 'attached\n' });
		holder.child.kill('SIGKILL');
		await holder.finished;
		expect(await startInContainer(useServer, data).finished).toMatchObject({ status: 0 });
	});
});

test.runIf(asRoot)(
	'the data of an ordinary user still belongs to that user after root has started the server',
	async () => {
		const directory = temporaryDirectory();
		mkdirSync(join(directory, 'cluster'));
		await runProcess('chown', ['1234:1234', join(directory, 'cluster')]);
		expect(await chooseLaunch(join(directory, 'cluster'))).toMatchObject({ owner: { uid: 1234, gid: 1234 } });
		expect(statSync(join(directory, 'cluster')).uid).toBe(1234);
	},
);

describe.runIf(asRoot)('an ordinary user', () => {
	/** In a place that every user can reach, unlike the checkout of the tests perhaps. */
	const own = makeDirectory();
	const checkout = own.path;
	beforeAll(async () => {
		chmodSync(checkout, 0o755);
		const parts = ['src', 'package.json'].map((name) => join(toolRoot, name));
		parts.push(join(projectRoot, 'node_modules'));
		const linked = await runProcess('cp', ['-rl', ...parts, checkout]);
		if (linked.status !== 0) await runProcess('cp', ['-r', ...parts, checkout]);
	});
	afterAll(() => own[Symbol.dispose]());

	test.each([
		['with a name', 65534],
		['without a name', 4321],
	])('%s gets a server', async (_, uid) => {
		const home = temporaryDirectory();
		chownSync(home, uid, uid);
		const { stdout, stderr } = await startProcess(
			join(checkout, 'node_modules/node/bin/node'),
			['--input-type=module-typescript', '-e', useServer, '--', join(home, 'data')],
			{ cwd: checkout, uid, gid: uid },
		).finished;
		expect(stdout, stderr).toBe(`postgres ${uid}\n`);
	});

	/** Starts two servers from a snapshot, and prints whether they mount it and what is left of them. */
	const useSnapshot = `
		import { existsSync, readdirSync } from 'node:fs';
		import { withClient } from './src/connection/index.ts';
		import { startPostgres } from './src/start-postgres.ts';
		const home = process.argv[1];
		for (const _ of [1, 2]) {
			await using server = await startPostgres({ snapshots: home + '/snapshots' });
			await withClient({ ...server.admin, database: 'app' }, async (sql) => {
				await sql\`CREATE TABLE fruit ()\`;
				await sql\`CREATE DATABASE clone TEMPLATE template1\`;
				await sql\`DROP DATABASE clone\`;
			});
			const folder = process.env.TMPDIR + '/' + readdirSync(process.env.TMPDIR);
			console.log(existsSync(folder + '/cluster/data/base/4') ? 'unpacked' : 'mounted');
		}
		console.log('left: ' + readdirSync(process.env.TMPDIR));`;

	async function startTwice(uid: number): Promise<string> {
		const home = temporaryDirectory();
		mkdirSync(join(home, 'tmp'));
		for (const path of [home, join(home, 'tmp')]) chownSync(path, uid, uid);
		const node = join(checkout, 'node_modules/node/bin/node');
		const args = ['--input-type=module-typescript', '-e', useSnapshot, '--', home];
		const { stdout, stderr } = await startProcess(node, args, {
			cwd: checkout,
			uid,
			gid: uid,
			env: { TMPDIR: join(home, 'tmp') },
		}).finished;
		return stdout + stderr;
	}

	test.each([65534, 4321])('mounts a snapshot in a user namespace (uid %i)', async (uid) => {
		const how = (await snapshotWay(projectRoot)).way === 'mount' ? 'mounted' : 'unpacked';
		expect(await startTwice(uid)).toBe(`${how}\n${how}\nleft: \n`);
	});
});

testInOwnNamespace('a full disk is reported, and nothing incomplete is left', async () => {
	const script = `
		# PostgreSQL, which ends itself then, leaves its shared memory behind: in a place that goes with this
		# process.
		mount -t tmpfs none /dev/shm
		mkdir -p "$1" && mount -t tmpfs -o size=20m none "$1" && shift
		exec "$0" --input-type=module-typescript -e "$2" "$1"`;
	const folder = temporaryDirectory();
	const source = `
		import { readdirSync } from 'node:fs';
		import { startEmbedded } from '${toolRoot}/src/postgres/index.ts';
		await startEmbedded({ directory: process.argv[1] }).catch((error) => console.log(error.code, error.message));
		console.log(readdirSync(process.argv[1]).filter((name) => name.startsWith('cluster')));`;
	const { stdout, stderr } = await runProcess('unshare', [
		'-rm',
		'sh',
		'-c',
		script,
		process.execPath,
		folder,
		join(folder, 'data'),
		source,
	]);
	expect(stdout, stderr).toMatch(/^no-space /);
	expect(stdout).toMatch(/\[\]\n$/);
});

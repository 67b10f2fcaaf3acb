import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { removeTemporaryServers, startEmbedded } from '../../../src/postgres/index.ts';
import { isRunning } from '../../../src/postgres/process-identity.ts';
import { runProcess, startModule, toolRoot } from '../../helpers/child-process.ts';
import { eventually } from '../../helpers/eventually.ts';
import { testInOwnNamespace } from '../../helpers/own-namespace.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

interface Postmaster {
	readonly pid: number;
	/** The id of its shared memory segment. */
	readonly segment: string;
}

function postmasterOf(data: string): Postmaster {
	const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
	return { pid: Number(lines[0]), segment: lines[6]?.trim().split(/ +/)[1] ?? '' };
}

const segments = () =>
	execFileSync('ipcs', ['-m'], { encoding: 'utf8' })
		.split('\n')
		.map((line) => line.split(/\s+/)[1]);

/** A process that has started a temporary server in `folder`, and the supervisor of that server. */
async function startOwner(folder: string) {
	const owner = startModule(
		`import { startEmbedded } from './src/postgres/index.ts';
		await startEmbedded();
		console.log('started');
		setInterval(() => {}, 1000);`,
		[],
		{ env: { TMPDIR: folder } },
	);
	await owner.printed('started');
	const [server = ''] = readdirSync(folder);
	const { pid, segment } = postmasterOf(join(folder, server, 'cluster/data'));
	const supervisor = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[3]);
	return { owner, pid, segment, supervisor, path: join(folder, server) };
}

test('a server that was killed leaves no shared memory when it is stopped', async () => {
	const server = await startEmbedded();
	const [row] = await withClient(server.admin, (sql) => sql`SHOW data_directory`);
	const { pid, segment } = postmasterOf(row?.data_directory);
	expect(segments()).toContain(segment);
	process.kill(pid, 'SIGKILL');
	await server.ended;
	expect(segments()).toContain(segment);
	await server[Symbol.asyncDispose]();
	await eventually(() => !segments().includes(segment));
});

test('a server that was killed with its supervisor and its owner leaves no shared memory after the next start', async () => {
	const folder = temporaryDirectory();
	const { owner, pid, segment, supervisor, path } = await startOwner(folder);
	process.kill(-supervisor, 'SIGKILL');
	owner.child.kill('SIGKILL');
	await owner.finished;
	await eventually(() => !isRunning(pid));
	expect(segments()).toContain(segment);
	const longAgo = new Date(Date.now() - 60_000);
	utimesSync(path, longAgo, longAgo);
	expect(await removeTemporaryServers(folder)).toEqual([path]);
	await eventually(() => !segments().includes(segment));
});

test('a server that hangs, so that its supervisor has to kill it, leaves no shared memory after the next start', async () => {
	const folder = temporaryDirectory();
	const { owner, pid, segment, path } = await startOwner(folder);
	process.kill(pid, 'SIGSTOP');
	owner.child.kill('SIGKILL');
	await owner.finished;
	await eventually(() => !isRunning(pid));
	const longAgo = new Date(Date.now() - 60_000);
	utimesSync(path, longAgo, longAgo);
	expect(await removeTemporaryServers(folder)).toEqual([path]);
	await eventually(() => !segments().includes(segment));
});

testInOwnNamespace(
	'a system without shared memory left is reported as that, not as a full disk, for a new server and an existing one',
	async () => {
		const source = `
			import { startEmbedded } from '${toolRoot}/src/postgres/index.ts';
			try {
				await using server = await startEmbedded({ directory: process.argv[1] });
				console.log('started');
			} catch ({ code, message, hint }) {
				console.log([code, ...message.split('\\n'), hint].join(' | '));
			}`;
		const script = `
			start() { "$0" --input-type=module-typescript -e "$1" "$2"; }
			start "$@"; echo 0 >/proc/sys/kernel/shmmni; start "$@"; start "$1" "$2/new"`;
		const args = ['-ri', 'sh', '-c', script, process.execPath, source, temporaryDirectory()];
		const { stdout, stderr } = await runProcess('unshare', args);
		const error = expect.stringMatching(
			/^no-shared-memory \| .*could not create shared memory segment: No space left .* \| Remove segments .*ipcs -m/,
		);
		expect(stdout.trim().split('\n'), stderr).toEqual(['started', error, error]);
	},
);

import { mkdirSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { startEmbedded } from '../../../src/postgres/index.ts';
import { isRunning } from '../../../src/postgres/process-identity.ts';
import { type RunningChild, startModule } from '../../helpers/child-process.ts';
import { eventually } from '../../helpers/eventually.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** A process with a temporary server in `folder`, ended with the test. */
function owner(folder: string, ending = 'setInterval(() => {}, 1000)'): RunningChild {
	const running = startModule(
		`import { withClient } from './src/connection/index.ts';
		import { startEmbedded } from './src/postgres/index.ts';
		const server = await startEmbedded();
		await withClient(server.admin, (sql) => sql\`SELECT 1\`);
		console.log('started');
		${ending};`,
		[],
		{ env: { TMPDIR: folder } },
	);
	onTestFinished(async () => {
		running.child.kill('SIGKILL');
		await running.finished;
	});
	return running;
}

const serversIn = (folder: string) =>
	readdirSync(folder).filter((name) => name.startsWith('slipway-server-'));
const postmasterIn = (folder: string) =>
	Number(
		readFileSync(join(folder, serversIn(folder)[0] ?? '', 'cluster/data/postmaster.pid'), 'utf8').split(
			'\n',
		)[0],
	);
const isGone = (pid: number) => !isRunning(pid);

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
	'a parent that is ended by %s leaves no server and no files',
	async (signal) => {
		const folder = temporaryDirectory();
		const { child, printed, finished } = owner(folder);
		await printed('started');
		const postmaster = postmasterIn(folder);
		child.kill(signal);
		expect(await finished).toMatchObject({ status: signal });
		await eventually(() => isGone(postmaster) && serversIn(folder).length === 0);
	},
);

test('a server that is not stopped does not keep its process alive', async () => {
	const folder = temporaryDirectory();
	const { finished } = owner(folder, '');
	expect(await finished).toMatchObject({ status: 0 });
	await eventually(() => serversIn(folder).length === 0);
});

test('a server that is killed is reported, with its last log lines', async () => {
	await using server = await startEmbedded();
	const [row] = await withClient(
		server.admin,
		(sql) => sql<{ pid: number }[]>`SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid`,
	);
	process.kill(row?.pid ?? 0, 'SIGTERM');
	await expect(server.ended).resolves.toMatchObject({
		code: 'server-ended',
		message: expect.stringContaining('received smart shutdown request'),
	});
});

test('a server whose supervisor is killed can still be stopped', async () => {
	const folder = temporaryDirectory();
	const { child, printed, finished } = owner(folder);
	await printed('started');
	const postmaster = postmasterIn(folder);
	const supervisor = Number(readFileSync(`/proc/${postmaster}/stat`, 'utf8').split(' ')[3]);
	process.kill(supervisor, 'SIGKILL');
	child.kill('SIGKILL');
	await finished;
	await eventually(() => isGone(postmaster));
});

test('what a killed process could not remove is removed by the next start, but nothing of living ones', async () => {
	const folder = temporaryDirectory();
	const killed = owner(folder);
	await killed.printed('started');
	const supervisor = readFileSync(`/proc/${postmasterIn(folder)}/stat`, 'utf8').split(' ')[3];
	// The supervisor's session: its two shells, and the server.
	process.kill(-Number(supervisor), 'SIGKILL');
	killed.child.kill('SIGKILL');
	await killed.finished;
	const [left = ''] = serversIn(folder);
	const stranger = join(folder, 'slipway-of-somebody-else');
	mkdirSync(stranger);
	const longAgo = new Date(Date.now() - 60_000);
	utimesSync(stranger, longAgo, longAgo);
	const living = owner(folder);
	await living.printed('started');
	expect(readdirSync(folder)).not.toContain(left);
	expect(readdirSync(folder)).toContain('slipway-of-somebody-else');
	const [own = ''] = serversIn(folder);
	utimesSync(join(folder, own), longAgo, longAgo);
	const another = owner(folder, '');
	await another.finished;
	await eventually(() => serversIn(folder).length === 1);
	expect(serversIn(folder)).toEqual([own]);
	expect(isGone(postmasterIn(folder))).toBe(false);
});

import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { startEmbedded } from '../../src/postgres/index.ts';
import { makeProject, slipway, startSlipway } from './project.ts';

const directoryOf = (project: string) => join(project, '.slipway/postgres');
const versionIn = (cluster: string) => Number(readFileSync(join(cluster, 'data/PG_VERSION'), 'utf8'));

/** A project whose embedded server has data of PostgreSQL 17. */
async function makeOldProject(): Promise<{ readonly project: string; readonly admin: Connection }> {
	const project = makeProject();
	await using server = await startEmbedded({
		directory: directoryOf(project),
		version: 17,
		command: 'the test',
	});
	await withClient(server.admin, (sql) =>
		sql.unsafe(`
			CREATE ROLE keeper LOGIN PASSWORD 'kept';
			CREATE TABLE story (id int PRIMARY KEY, text text);
			INSERT INTO story SELECT n, repeat('x', n) FROM generate_series(1, 1000) AS n;
			GRANT SELECT ON story TO keeper`),
	);
	return { project, admin: server.admin };
}

async function readStory(project: string, version: 17 | 18): Promise<[Connection, unknown]> {
	await using server = await startEmbedded({ directory: directoryOf(project), version, command: 'the test' });
	const keeper = { ...server.admin, username: 'keeper', password: 'kept' };
	const rows = await withClient(
		keeper,
		(sql) => sql`SELECT count(*)::int, sum(length(text))::int FROM story`,
	);
	return [server.admin, rows[0]];
}

const story = { count: 1000, sum: 500_500 };

test('data of an older version is refused, moved by "db upgrade", and kept until --finish', async () => {
	const { project, admin } = await makeOldProject();
	const refused = await slipway(project, ['up']);
	expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('npx slipway db upgrade') });

	const upgraded = await slipway(project, ['db', 'upgrade', '--json']);
	expect(upgraded.status, upgraded.stderr).toBe(0);
	const kept = join(directoryOf(project), 'cluster-17');
	expect(JSON.parse(upgraded.stdout)).toEqual({
		from: 17,
		to: 18,
		kept,
		databases: [
			{ name: 'postgres', tables: 1, rows: 1000 },
			{ name: 'template1', tables: 0, rows: 0 },
		],
	});
	expect(await readStory(project, 18)).toEqual([admin, story]);
	expect(versionIn(kept)).toBe(17);
	expect(readdirSync(directoryOf(project)).filter((name) => name.startsWith('upgrade'))).toEqual([]);

	const again = await slipway(project, ['db', 'upgrade']);
	expect(again).toMatchObject({ status: 0, stderr: expect.stringContaining('is already on PostgreSQL 18') });
	const finished = await slipway(project, ['db', 'upgrade', '--finish', '--yes']);
	expect(finished).toMatchObject({ status: 0, stdout: `removed folder ${kept}\n` });
	expect(existsSync(kept)).toBe(false);
});

test('data of a later version is refused', async () => {
	const { project } = await makeOldProject();
	const { status, stderr } = await slipway(project, ['db', 'upgrade'], { POSTGRES_VERSION: '16' });
	expect({ status, stderr }).toMatchObject({
		status: 1,
		stderr: expect.stringContaining('the data is from PostgreSQL 17 and cannot be moved to 16'),
	});
});

/** The more, the more places it is killed at. */
const runs = Number(process.env.SLIPWAY_KILL_RUNS ?? 2);

test(`an upgrade that is killed at any moment leaves usable data, ${runs} times`, {
	timeout: 600_000 + runs * 60_000,
}, async () => {
	const { project } = await makeOldProject();
	const cluster = join(directoryOf(project), 'cluster');
	const start = performance.now();
	expect((await slipway(project, ['db', 'upgrade'])).status).toBe(0);
	const duration = performance.now() - start;
	const ends = { killed: 0, finished: 0 };
	for (let run = 1; run <= runs; run++) {
		rmSync(cluster, { recursive: true });
		renameSync(`${cluster}-17`, cluster);
		const { child, finished } = startSlipway(project, ['db', 'upgrade']);
		// Spread over the whole upgrade. The first kill comes early enough even if the others are faster.
		const share = run === 1 ? Math.random() / 10 : (run - 1 + Math.random()) / runs;
		await sleep(share * duration);
		child.kill('SIGKILL');
		const { status } = await finished;
		ends[status === 0 ? 'finished' : 'killed']++;
		// Between the last two steps, neither has its name. Any start completes them.
		const version = existsSync(cluster) ? versionIn(cluster) : 18;
		expect((await readStory(project, version === 17 ? 17 : 18))[1]).toEqual(story);
		if (version === 17) expect((await slipway(project, ['db', 'upgrade'])).status).toBe(0);
		expect(versionIn(cluster)).toBe(18);
		expect(versionIn(`${cluster}-17`)).toBe(17);
	}
	expect(ends.killed).toBeGreaterThan(0);
});

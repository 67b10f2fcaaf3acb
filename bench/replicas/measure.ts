import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type PreparedServer, startPostgres, withClient } from 'slipway';
import { makeFolder, startStandby } from 'slipway/bench';
import { eventually } from 'slipway/test-helpers/eventually';
import { checkDurability } from '../counter/durability.ts';
import { startTarget, type Target } from '../counter/targets.ts';
import { type Load, runWrk, wrkVersion } from '../counter/wrk.ts';
import type { LoadBenchmark } from '../load.ts';
import { readBatches } from './batches.ts';
import {
	type DatabaseKind,
	type Measurement,
	type ReplicasFigures,
	replicaCounts,
	summarizeReplicas,
} from './figures.ts';

/** Divisible by the numbers of replicas. */
const connections = 60;
const warmUpSeconds = 2;
const standbyName = 'standby';
const settings = { max_connections: '200' };

/** Microseconds by which a flush takes longer, as on a slower disk or network: PostgreSQL waits before it. */
const slowCommit = 5000;

/**
 * Hits one counter through 1, 3 and 10 processes of the service, which share the connections: without a database, with
 * one alone, and with a synchronous standby, whose commits are slowed down last. The files of the servers are on the
 * project's disk, as those of `scripts/bench counter`.
 */
export async function measureReplicas({
	root,
	rounds,
	seconds,
	report,
}: LoadBenchmark): Promise<ReplicasFigures> {
	const generator = await wrkVersion();
	mkdirSync(join(root, '.slipway'), { recursive: true });
	using folder = makeFolder(join(root, '.slipway'));
	const directory = join(folder.path, 'primary');
	await using primary = await startPostgres({
		provider: 'embedded',
		directory,
		migrations: join(root, 'migrations'),
		replication: true,
		settings,
	});
	const postgres = await checkDurability(primary.app);
	await using stack = new AsyncDisposableStack();
	const targets: Targets = { service: [], 'in-memory': [] };
	for (const name of ['service', 'in-memory'] as const) {
		for (let i = 0; i < Math.max(...replicaCounts); i++)
			targets[name].push(stack.use(await startTarget(name, primary.app)));
		report(`warming up: ${name}`);
		await load(targets[name], warmUpSeconds);
	}
	const measured: Measurement[][] = [];
	for (let round = 1; round <= rounds; round++) {
		report(`round ${round} of ${rounds}`);
		const copy = join(folder.path, `standby-${round}`);
		measured.push(await measureRound(targets, { primary, directory, copy }, seconds));
	}
	return summarizeReplicas(measured, { generator, postgres, connections, seconds });
}

/** The processes of the service, and of the service without a database. */
type Targets = Record<'service' | 'in-memory', Target[]>;

interface Servers {
	readonly primary: PreparedServer;
	readonly directory: string;
	/** The folder for the standby of the round. */
	readonly copy: string;
}

async function measureRound(targets: Targets, servers: Servers, seconds: number): Promise<Measurement[]> {
	const measured: Measurement[] = [];
	const measure = async (database: DatabaseKind) => {
		const all = targets[database === 'none' ? 'in-memory' : 'service'];
		for (const replicas of replicaCounts)
			measured.push(await measureReplicaCount(all.slice(0, replicas), database, seconds));
	};
	await measure('none');
	await measure('primary');
	await using _standby = await startSynchronousStandby(servers);
	await measure('standby');
	await using _slow = await slowDownCommits(servers.primary);
	await measure('slow-standby');
	return measured;
}

/** Commits wait for it until it is stopped. */
async function startSynchronousStandby({ primary, directory, copy }: Servers): Promise<AsyncDisposable> {
	await using stack = new AsyncDisposableStack();
	stack.use(await startStandby({ admin: primary.admin, directory, settings }, copy, standbyName));
	stack.use(await set(primary, { synchronous_standby_names: standbyName }));
	await eventually(async () => (await readState(primary)) === 'sync');
	return stack.move();
}

const slowDownCommits = (primary: PreparedServer) =>
	set(primary, { commit_delay: String(slowCommit), commit_siblings: '0' });

/** Changes settings of the running server until it is disposed of. */
async function set(
	{ admin }: PreparedServer,
	settings: Readonly<Record<string, string>>,
): Promise<AsyncDisposable> {
	const change = (statement: (name: string) => string) =>
		withClient(admin, async (sql) => {
			for (const name of Object.keys(settings)) await sql.unsafe(statement(name));
			await sql`SELECT pg_reload_conf()`;
		});
	await change((name) => `ALTER SYSTEM SET ${name} = '${settings[name]}'`);
	return { [Symbol.asyncDispose]: () => change((name) => `ALTER SYSTEM RESET ${name}`) };
}

async function readState({ admin }: PreparedServer): Promise<unknown> {
	return await withClient(admin, async (sql) => {
		const [row] =
			await sql`SELECT sync_state FROM pg_stat_replication WHERE application_name = ${standbyName}`;
		return row?.sync_state;
	});
}

async function measureReplicaCount(
	targets: readonly Target[],
	database: DatabaseKind,
	seconds: number,
): Promise<Measurement> {
	const before = await readBatches(targets);
	const loads = await load(targets, seconds);
	const after = await readBatches(targets);
	const rates = loads.map(({ requestsPerSecond }) => requestsPerSecond);
	return {
		database,
		replicas: targets.length,
		hitsPerSecond: rates.reduce((sum, rate) => sum + rate, 0),
		hitsPerStatement: (after.hits - before.hits) / (after.statements - before.statements),
		p99: Math.max(...loads.map(({ p99 }) => p99)),
		evenness: Math.min(...rates) / Math.max(...rates),
	};
}

/** Each replica has its share of the connections. */
async function load(targets: readonly Target[], seconds: number): Promise<Load[]> {
	const script = join(import.meta.dirname, '../counter/hits.lua');
	return await Promise.all(
		targets.map(({ address }) =>
			runWrk(`${address}api/counter`, connections / targets.length, seconds, [script, 'X-Not-A-Key', '']),
		),
	);
}

import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { withClient } from '../../src/connection/index.ts';
import { type PostgresServer, startEmbedded } from '../../src/postgres/index.ts';
import { type PreparedServer, type StartPostgresOptions, startPostgres } from '../../src/start-postgres.ts';
import { eventually } from './eventually.ts';
import { setSynchronousStandby } from './synchronous-standby.ts';
import { makeDirectory } from './temporary-directory.ts';

/** Two embedded servers: a primary with a database, and its streaming standby. */
export interface ReplicatedServer extends AsyncDisposable {
	readonly primary: PreparedServer;
	readonly standby: PostgresServer;
}

export async function startReplicated(options: StartPostgresOptions): Promise<ReplicatedServer> {
	await using started = new AsyncDisposableStack();
	const [own, copy] = [makeDirectory(), makeDirectory()];
	started.use(own);
	started.use(copy);
	const server = { ...options, provider: 'embedded', replication: true } as const;
	const primary = started.use(await startPostgres({ ...server, directory: own.path }));
	await backUp(primary, own.path, copy.path);
	const standby = started.use(await startEmbedded({ directory: copy.path, replication: true }));
	await withClient(primary.admin, (sql) =>
		eventually(async () => (await sql`SELECT FROM pg_stat_replication WHERE state = 'streaming'`).length > 0),
	);
	const running = started.move();
	return { primary, standby, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** From now on, a commit of the primary waits until the standby has it on disk. */
export async function replicateSynchronously({ primary }: ReplicatedServer): Promise<void> {
	await setSynchronousStandby(primary.admin, 'standby');
	await withClient(primary.admin, (sql) =>
		eventually(async () => (await sql`SELECT FROM pg_stat_replication WHERE sync_state = 'sync'`).length > 0),
	);
}

/** Copies the files of a running server (PostgreSQL's documentation, "Making a Base Backup Using the Low Level API"). */
async function backUp({ admin }: PreparedServer, from: string, to: string): Promise<void> {
	const data = join(to, 'cluster/data');
	await withClient(admin, async (sql) => {
		await sql`SELECT pg_backup_start('standby', true)`;
		cpSync(join(from, 'cluster'), join(to, 'cluster'), { recursive: true, filter: isBackedUp });
		const [stop] = await sql<{ labelfile: string }[]>`SELECT labelfile FROM pg_backup_stop(false)`;
		writeFileSync(join(data, 'backup_label'), stop?.labelfile ?? '');
	});
	mkdirSync(join(data, 'pg_wal'), { mode: 0o700 });
	writeFileSync(join(data, 'standby.signal'), '');
	const { host, port, user, password } = admin;
	const login = `host=${host} port=${port} user=${user} password=${password} application_name=standby`;
	appendFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${login}'\n`);
}

/** The standby streams the write-ahead log. */
const isBackedUp = (path: string) =>
	!['postmaster.pid', 'postmaster.opts', 'pg_wal'].includes(basename(path)) &&
	basename(dirname(path)) !== 'pg_replslot';

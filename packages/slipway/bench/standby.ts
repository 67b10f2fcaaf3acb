import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, withClient } from '../src/connection/index.ts';
import { clusterIn, type PostgresServer, startEmbedded } from '../src/postgres/index.ts';

export interface Primary {
	readonly admin: Connection;
	/** The folder of the embedded server. It was started with `replication`. */
	readonly directory: string;
	/** What it was started with. Some settings may not be lower on a standby. */
	readonly settings: Readonly<Record<string, string>>;
}

/** Starts a server in `directory` that follows `primary`, as `name`. Its data stays when it is stopped. */
export async function startStandby(
	primary: Primary,
	directory: string,
	name: string,
): Promise<PostgresServer> {
	await copyData(primary, directory);
	const { host, port, username, password } = primary.admin;
	const primary_conninfo = `host=${host} port=${port} user=${username} password=${password} application_name=${name}`;
	const settings = { ...primary.settings, primary_conninfo };
	return await startEmbedded({ directory, replication: true, settings });
}

/** PostgreSQL makes a copy of files that change meanwhile consistent with the help of the label. */
async function copyData({ admin, directory }: Primary, copy: string): Promise<void> {
	const data = join(clusterIn(copy), 'data');
	mkdirSync(copy, { recursive: true });
	await withClient(admin, async (sql) => {
		await sql`SELECT pg_backup_start('standby', true)`;
		execFileSync('cp', ['-Rp', clusterIn(directory), clusterIn(copy)]);
		const [stopped] = await sql<{ labelfile: string }[]>`SELECT labelfile FROM pg_backup_stop(false)`;
		writeFileSync(join(data, 'backup_label'), stopped?.labelfile ?? '');
	});
	rmSync(join(data, 'postmaster.pid'));
	writeFileSync(join(data, 'standby.signal'), '');
}

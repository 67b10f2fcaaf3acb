import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withClient } from '../../../src/connection/index.ts';
import {
	type PreparedServer,
	type StartPostgresOptions,
	startPostgres,
} from '../../../src/start-postgres.ts';
import { type RunningChild, startModule } from '../../helpers/child-process.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

/** Snapshots and migrations for the running test, removed when it has ended. */
export class OwnSnapshots {
	readonly folder = temporaryDirectory();
	readonly snapshots = join(this.folder, 'snapshots');
	readonly migrations = join(this.folder, 'migrations');

	constructor() {
		mkdirSync(this.migrations);
		this.write(1, 'CREATE TABLE fruit (name text PRIMARY KEY)');
	}

	write(number: number, sql: string): void {
		writeFileSync(join(this.migrations, `${number}_step.sql`), sql);
	}

	start(options: StartPostgresOptions = {}): Promise<PreparedServer> {
		return startPostgres({ migrations: this.migrations, snapshots: this.snapshots, ...options });
	}

	/**
	 * A process that starts a server, prints its identity, and stops it; its temporary servers are in the
	 * folder.
	 */
	startProcess(options: StartPostgresOptions = {}): RunningChild {
		return startModule(
			`import { withClient } from './src/connection/index.ts';
			import { startPostgres } from './src/start-postgres.ts';
			const [, migrations, snapshots, options] = process.argv;
			try {
				await using server = await startPostgres({ migrations, snapshots, ...JSON.parse(options) });
				const [row] = await withClient(server.admin, (sql) => sql\`SELECT system_identifier FROM pg_control_system()\`);
				console.log('from ' + row.system_identifier);
			} catch ({ code, message }) {
				console.log(code + ': ' + message);
			}`,
			[this.migrations, this.snapshots, JSON.stringify(options)],
			{ env: { TMPDIR: this.folder } },
		);
	}

	/** The files of snapshots, finished or not. */
	files(): string[] {
		return readdirSync(this.snapshots).filter((name) => name.includes('.tar'));
	}

	/** Identifiers of the snapshots that are kept. */
	async kept(): Promise<readonly unknown[]> {
		return this.files();
	}

	/** The servers that processes of this test started and that still exist. */
	servers(): string[] {
		return readdirSync(this.folder).filter((name) => name.startsWith('slipway-server-'));
	}

	/** The processes whose command line names the folder. */
	processes(): string[] {
		return readdirSync('/proc')
			.filter((pid) => /^\d+$/.test(pid))
			.map((pid) => commandLine(pid))
			.filter((words) => words.includes(this.folder));
	}
}

function commandLine(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return '';
	}
}

/** The identifier that initdb gives every cluster. Servers with the same one are copies of one snapshot. */
export async function identityOf(server: PreparedServer): Promise<string> {
	const [row] = await withClient(
		server.admin,
		(sql) => sql<{ id: string }[]>`SELECT system_identifier::text AS id FROM pg_control_system()`,
	);
	return row?.id ?? '';
}

export async function tablesOf(server: PreparedServer): Promise<string[]> {
	const rows = await withClient(
		server.app,
		(sql) =>
			sql<{ name: string }[]>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
	);
	return rows.map(({ name }) => name);
}

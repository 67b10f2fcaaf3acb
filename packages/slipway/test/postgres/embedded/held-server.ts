import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { postmasterPid } from '../../../src/postgres/embedded/postmaster.ts';
import { type RunningChild, startModule } from '../../helpers/child-process.ts';
import type { OwnSnapshots } from '../snapshots/own-snapshots.ts';

/** A process that keeps a server from a snapshot, with its files in the folder of the test, until it is killed. */
function holdServer(own: OwnSnapshots, environment: NodeJS.ProcessEnv = {}): RunningChild {
	const running = startModule(
		`import { withClient } from './src/connection/index.ts';
		import { startPostgres } from './src/start-postgres.ts';
		const [, migrations, snapshots] = process.argv;
		const server = await startPostgres({ migrations, snapshots });
		const rows = await withClient(server.app, (sql) => sql\`SELECT * FROM fruit\`);
		console.log('rows: ' + rows.length);
		setInterval(() => {}, 1000);`,
		[own.migrations, own.snapshots],
		{ env: { TMPDIR: own.folder, ...environment } },
	);
	onTestFinished(async () => {
		running.child.kill('SIGKILL');
		await running.finished;
	});
	return running;
}

/** A server of another process. */
export async function heldServer(own: OwnSnapshots, environment?: NodeJS.ProcessEnv) {
	const holder = holdServer(own, environment);
	await holder.printed('rows: 0');
	const folder = join(own.folder, own.servers()[0] ?? '');
	const data = join(folder, 'cluster/data');
	return { holder, folder, data, postmaster: postmasterPid(data) ?? 0 };
}

export const mountsOf = (process: number | 'self') => readFileSync(`/proc/${process}/mounts`, 'utf8');

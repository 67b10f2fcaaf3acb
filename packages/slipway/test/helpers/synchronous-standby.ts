import { type Connection, openClient, withClient } from '../../src/connection/index.ts';
import { eventually } from './eventually.ts';

/** From now on, commits wait for the standby `name`. Other sessions may notice it a moment later. */
export async function setSynchronousStandby(admin: Connection, name: string): Promise<void> {
	await withClient(admin, async (sql) => {
		await sql.unsafe(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
		await sql`SELECT pg_reload_conf()`;
	});
}

/** Commits wait for a standby that does not exist, until the result is disposed of. */
export async function takeStandbyAway(admin: Connection): Promise<AsyncDisposable> {
	const waiting = openClient(admin);
	let ended = false;
	await setSynchronousStandby(admin, 'absent');
	const committing = (async () => {
		while (!ended) await waiting`SELECT pg_logical_emit_message(true, 'test', '')`;
	})();
	const stop = async () => {
		ended = true;
		await setSynchronousStandby(admin, '');
		await committing;
		await waiting.end();
	};
	try {
		// The first of the commits that waits shows that the server has noticed.
		await eventually(async () => (await countWaiting(admin)) > 0);
	} catch (error) {
		await stop();
		throw error;
	}
	return { [Symbol.asyncDispose]: stop };
}

/** The sessions that wait for the synchronous standby. */
export async function countWaiting(admin: Connection, user = '%'): Promise<number> {
	return await withClient(admin, async (sql) => {
		const rows = await sql`
			SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND usename LIKE ${user}`;
		return rows.length;
	});
}

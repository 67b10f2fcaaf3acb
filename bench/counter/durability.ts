import { type Connection, SlipwayError, withClient } from 'slipway';

/** Names the server. Figures of a server that does not wait for the disk would mean nothing. */
export async function checkDurability(app: Connection): Promise<string> {
	return await withClient(app, async (sql) => {
		const [settings] = await sql<{ version: string; fsync: string; commit: string }[]>`
			SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
				current_setting('synchronous_commit') AS commit`;
		if (settings?.fsync !== 'on' || settings.commit !== 'on')
			throw new SlipwayError('not-durable', 'the server does not wait for the disk', 'Set fsync=on.');
		return `PostgreSQL ${settings.version}, fsync on, synchronous_commit on`;
	});
}

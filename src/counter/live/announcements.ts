import type { Connection } from 'slipway';
import { type Database, openDatabase } from '../../database/database.ts';

/** Tells all processes the value of the page's counter, as the payload of a NOTIFY. */
export interface Announcements extends AsyncDisposable {
	/** Starts to listen. PostgreSQL ignores a repetition, which reconnects if the connection is lost. */
	listen(): Promise<void>;
	send(count: bigint): Promise<void>;
}

export function openAnnouncements(connection: Connection, onCount: (count: bigint) => void): Announcements {
	const listening = openDatabase(connection, {
		maxConnections: 1,
		onNotification: (payload) => {
			// Every role of the database may send notifications.
			if (/^\d{1,19}$/.test(payload)) onCount(BigInt(payload));
		},
	});
	const sending = openDatabase(connection, { maxConnections: 1 });
	return {
		listen: async () => void (await listening.run((sql) => sql`LISTEN counter`)),
		send: (count) => send(sending, String(count)),
		[Symbol.asyncDispose]: async () => {
			await Promise.all([listening[Symbol.asyncDispose](), sending[Symbol.asyncDispose]()]);
		},
	};
}

/** A notification is sent at the commit, which would wait for the disk. */
async function send(database: Database, count: string): Promise<void> {
	await database.run(
		(sql) => sql`SELECT set_config('synchronous_commit', 'off', true), pg_notify('counter', ${count})`,
	);
}

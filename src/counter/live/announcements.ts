import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, describeConnection } from 'slipway';
import { type Database, openDatabase } from '../../database/database.ts';
import { UnavailableError } from '../../database/unavailable-error.ts';

export interface AnnouncementOptions {
	readonly connection: Connection;
	/** The same database past a connection pooler, if there is one: not every pooler passes on notifications. */
	readonly direct: Connection;
	readonly onCount: (count: bigint) => void;
	readonly onError: (error: unknown) => void;
}

/** Tells all processes the value of the page's counter, as the payload of a NOTIFY. */
export interface Announcements extends AsyncDisposable {
	/**
	 * Starts to listen. PostgreSQL ignores a repetition, which reconnects if the connection is lost. Does nothing behind a
	 * pooler from which no notification arrives, once that is known and reported.
	 */
	listen(): Promise<void>;
	send(count: bigint): Promise<void>;
	readonly pools: { readonly listening: Database; readonly announcing: Database };
}

/** Milliseconds that a notification may take. */
const echoTimeout = 10_000;

export function openAnnouncements(options: AnnouncementOptions): Announcements {
	const { connection, direct, onCount, onError } = options;
	const echo = randomUUID();
	const heard = Promise.withResolvers<true>();
	const onNotification = (payload: string) => {
		if (payload === echo) heard.resolve(true);
		// Every role of the database may send notifications.
		if (/^\d{1,19}$/.test(payload)) onCount(BigInt(payload));
	};
	const listening = openDatabase(direct, { maxConnections: 1, onNotification });
	const announcing = openDatabase(connection, { maxConnections: 1 });
	// Otherwise, the session of `announcing` says nothing about that of `listening`: another client may have left its LISTEN.
	const isSamePooler = describeConnection(connection) === describeConnection(direct);
	let state: 'new' | 'checking' | 'works' | 'shared' = 'new';

	/** Nothing is sent meanwhile: for a statement, a pooler would give the client the session with the notification. */
	async function check(): Promise<void> {
		state = 'checking';
		try {
			const listens = await send(announcing, echo);
			const echoed = listens && isSamePooler ? false : heard.promise;
			const works = await Promise.race([echoed, sleep(echoTimeout, false, { ref: false })]);
			state = works ? 'works' : 'shared';
			if (works) return;
			onError(sessionShared(direct));
			await listening.run((sql) => sql`UNLISTEN counter`);
		} catch (error) {
			if (state === 'checking') state = 'new';
			onError(error);
		}
	}

	return {
		listen: async () => {
			if (state === 'checking' || state === 'shared') return;
			await listening.run((sql) => sql`LISTEN counter`);
			if (state === 'new') void check();
		},
		send: async (count) => void (await send(announcing, String(count))),
		pools: { listening, announcing },
		[Symbol.asyncDispose]: async () => {
			await Promise.all([listening[Symbol.asyncDispose](), announcing[Symbol.asyncDispose]()]);
		},
	};
}

/**
 * A notification is sent at the commit, which would wait for the disk. Resolves with true if the session itself listens:
 * then a pooler has given it to several clients.
 */
async function send(database: Database, payload: string): Promise<boolean> {
	const [row] = await database.run(
		(sql) => sql<{ shared: boolean }[]>`
			SELECT set_config('synchronous_commit', 'off', true), pg_notify('counter', ${payload}),
				'counter' IN (SELECT pg_listening_channels()) AS shared`,
	);
	return row?.shared === true;
}

function sessionShared(connection: Connection): UnavailableError {
	return new UnavailableError(
		'session-shared',
		`${describeConnection(connection)} is a connection pooler that passes on no notifications: pages are updated once a second`,
		"Set DB_MIGRATOR_HOST and DB_MIGRATOR_PORT to the PostgreSQL server itself, or use the pooler's session mode.",
	);
}

import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, openClient } from '../../src/connection/index.ts';
import { borrowServer, startBroker } from '../../src/standby/index.ts';
import { inputsOf } from '../../src/start-options.ts';
import { type StartPostgresOptions, startPostgres } from '../../src/start-postgres.ts';
import { type Contender, timed } from './contender.ts';

type Options = Pick<StartPostgresOptions, 'provider' | 'migrations' | 'snapshots'>;

/** With a folder for snapshots that is empty: one is made, and started from. */
export async function cold(options: Options, folder: string): Promise<Contender> {
	return timed(() =>
		answering(startPostgres({ ...options, snapshots: mkdtempSync(join(folder, 'snapshots-')) })),
	);
}

/** The first turn makes the snapshot where it is not there yet. */
export async function fromSnapshot(options: Options): Promise<Contender> {
	return timed(() => answering(startPostgres(options)));
}

/** The way a test module gets one: lent by the process that runs vitest. */
export async function startedAhead(options: Options): Promise<Contender> {
	let started = 0;
	const broker = await startBroker({
		inputs: inputsOf,
		async start(options) {
			const server = await startPostgres(options);
			started++;
			return server;
		},
		onKept: () => '',
	});
	const contender = timed(
		() => answering(borrowServer(broker.address, options)),
		() => broker[Symbol.asyncDispose](),
	);
	return {
		...contender,
		async turn() {
			// The next one is started when one is taken, and ends when nobody comes for a while.
			await using _one = await borrowServer(broker.address, options);
			for (const count = started; started === count; ) await sleep(5);
			return await contender.turn();
		},
	};
}

interface Server extends AsyncDisposable {
	readonly app: Connection;
}

/** A server on which the app has read the table that the migrations made. */
async function answering(starting: Promise<Server>): Promise<AsyncDisposable> {
	await using stack = new AsyncDisposableStack();
	const { app } = stack.use(await starting);
	const sql = stack.adopt(openClient(app), (sql) => sql.end({ timeout: 0 }));
	const [row] = await sql`SELECT current_user AS role, value::int FROM counter WHERE name = 'visits'`;
	if (row?.role !== app.username || row.value !== 0) throw new Error(`answered ${JSON.stringify(row)}`);
	return stack.move();
}

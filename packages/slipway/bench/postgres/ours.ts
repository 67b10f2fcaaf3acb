import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, openClient } from '../../src/connection/index.ts';
import { acquireServer, startBroker } from '../../src/server-pool/index.ts';
import { inputFilesOf } from '../../src/start-options.ts';
import { type StartPostgresOptions, startPostgres } from '../../src/start-postgres.ts';
import { type Contender, timed } from './contender.ts';

type Options = Pick<StartPostgresOptions, 'provider' | 'migrations' | 'seed' | 'snapshots'>;

/** With an empty snapshot folder: creates a snapshot and starts from it. */
export async function cold(options: Options, folder: string): Promise<Contender> {
	return timed(() =>
		answering(startPostgres({ ...options, snapshots: mkdtempSync(join(folder, 'snapshots-')) })),
	);
}

/** The first turn creates the snapshot if it is missing. */
export async function fromSnapshot(options: Options): Promise<Contender> {
	return timed(() => answering(startPostgres(options)));
}

/** The way a test file gets one: leased by the process that runs vitest. */
export async function startedAhead(options: Options): Promise<Contender> {
	let started = 0;
	const broker = await startBroker({
		inputs: inputFilesOf,
		async start(options) {
			const server = await startPostgres(options);
			started++;
			return server;
		},
		onKept: () => '',
	});
	const contender = timed(
		() => answering(acquireServer(broker.address, options)),
		() => broker[Symbol.asyncDispose](),
	);
	return {
		...contender,
		async turn() {
			// Acquiring a server makes the pool start the next, which it stops again after an idle period.
			await using _one = await acquireServer(broker.address, options);
			for (const count = started; started === count; ) await sleep(5);
			return await contender.turn();
		},
	};
}

interface Server extends AsyncDisposable {
	readonly app: Connection;
}

/** Resolves when the app has read the table that the migrations create. */
async function answering(starting: Promise<Server>): Promise<AsyncDisposable> {
	await using stack = new AsyncDisposableStack();
	const { app } = stack.use(await starting);
	const sql = stack.adopt(openClient(app), (sql) => sql.end({ timeout: 0 }));
	const [row] = await sql`SELECT current_user AS role, value::int FROM counter WHERE name = 'visits'`;
	if (row?.role !== app.username || row.value !== 0) throw new Error(`answered ${JSON.stringify(row)}`);
	return stack.move();
}

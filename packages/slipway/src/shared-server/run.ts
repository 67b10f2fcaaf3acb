import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { type Connection, maintenanceDatabase, openClient } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { checkServer, type ServerFacts } from './check-server.ts';
import { lockKey, newRunId } from './names.ts';

/**
 * What this process has on a shared server: one session, which holds the run's advisory lock. The lock ends with the
 * process, however that ends, and then other runs may remove the run's databases.
 */
export interface Run {
	readonly id: string;
	readonly admin: Connection;
	readonly server: ServerFacts;
	/** The session, in the maintenance database. It does not keep this process alive. */
	readonly sql: Sql;
	/** Resolves when the session holds the lock. Takes it again if the session was lost. */
	hold(): Promise<void>;
	/** A number that no other database of this run has. */
	nextNumber(): number;
}

const runs = new Map<string, Promise<Run>>();

/** The run of this process on the server that `admin` logs in to. Throws what `checkServer` throws. */
export function joinServer(admin: Connection): Promise<Run> {
	const { host, port, username, password } = admin;
	const key = JSON.stringify([host, port, username, password]);
	const known = runs.get(key) ?? openRun(admin);
	runs.set(key, known);
	known.catch(() => runs.delete(key));
	return known;
}

/** Milliseconds between two looks whether the session is still there. */
const interval = 10_000;

async function openRun(admin: Connection): Promise<Run> {
	const server = await checkServer(admin);
	const id = newRunId();
	const sql = openClient(
		{ ...admin, database: maintenanceDatabase },
		{ applicationName: `slipway run ${id}`, keepsAlive: false, statementTimeout: 0 },
	);
	const hold = holder(sql, id);
	let count = 0;
	await hold();
	setInterval(() => void hold().catch(() => {}), interval).unref();
	return { id, admin, server, sql, hold, nextNumber: () => ++count };
}

const attempts = 50;

/**
 * The lock may be held for a moment: by another process that looks whether this run is dead, or by a lost session until the
 * server notices. After a restart of the server, another session may have the same pid.
 */
function holder(sql: Sql, id: string): () => Promise<void> {
	let holding = '';
	return async () => {
		for (let attempt = 1; ; attempt++) {
			const [{ session, held }] = await sql<[{ session: string; held: boolean }]>`
				SELECT session, set_config('idle_session_timeout', '0', false),
					CASE WHEN session = ${holding} THEN true
						ELSE pg_try_advisory_lock(${lockKey(id)}::bigint) END AS held
				FROM (SELECT concat(pid, ' ', backend_start) AS session
					FROM pg_stat_activity WHERE pid = pg_backend_pid()) AS own`;
			if (held) holding = session;
			if (held) return;
			if (attempt === attempts) throw lockLost(id);
			await sleep(100);
		}
	};
}

const lockLost = (id: string) =>
	new SlipwayError(
		'run-lock-lost',
		`this run, ${id}, lost its session on the shared test server, and another session holds its lock`,
		'Run the tests again. If it happens often, look for what closes idle sessions, such as a firewall or a pooler.',
	);

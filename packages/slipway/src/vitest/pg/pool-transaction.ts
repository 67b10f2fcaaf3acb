import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { createPgClient, loadPg } from '../../pg.ts';
import type { Clone } from '../clone.ts';
import { fixtureApplication } from '../leaks.ts';
import type { TestConnection } from '../slot.ts';
import {
	constraintViolated,
	type RollbackOutcome,
	type TestTransaction,
	testHasEnded,
	transactionEnded,
	whenTimedOut,
} from '../transaction-end.ts';
import { ExclusiveConnection } from './connection.ts';
import { transactionOpen } from './refusals.ts';
import { Session } from './session.ts';
import { sessionClientClass } from './session-client.ts';

/** Logs in to a clone. Its tests get a pool whose clients share the one connection. */
export async function openPoolConnection({ app, firstQuery }: Clone): Promise<TestConnection<pg.Pool>> {
	const client = createPgClient(app, fixtureApplication);
	client.on('error', () => {}); // Queries report the loss of the connection.
	await client.connect();
	const connection = new ExclusiveConnection(client);
	const { rows } = await connection.execute(`${firstQuery}; ${deferredConstraints}`);
	const [{ deferred }] = rows as [{ deferred: string | null }];
	return {
		begin: () => beginPoolTransaction({ client, connection, deferred }),
		restore: async () => {
			await connection.execute('DISCARD ALL');
			forgetPrepared(client);
		},
		end: () => client.end(),
	};
}

/** Those that the app may name. */
const deferredConstraints = `
	SELECT string_agg(DISTINCT format('%I.%I', nspname, conname), ', ') AS deferred
	FROM pg_constraint JOIN pg_namespace AS n ON n.oid = connamespace
	WHERE condeferred AND has_schema_privilege(n.oid, 'USAGE')`;

/** pg does not parse a named statement again that it has parsed on this connection. */
function forgetPrepared(client: pg.Client): void {
	const { connection } = client as unknown as { connection: { parsedStatements: object } };
	connection.parsedStatements = {};
}

interface PoolConnection {
	readonly client: pg.Client;
	readonly connection: ExclusiveConnection;
	readonly deferred: string | null;
}

/** A savepoint with an unguessable name shows at the end whether it is still the same transaction. */
async function beginPoolTransaction(given: PoolConnection): Promise<TestTransaction<pg.Pool>> {
	const { client, connection, deferred } = given;
	const mark = `slipway_${randomBytes(8).toString('hex')}`;
	await connection.execute(`BEGIN; SAVEPOINT ${mark}`);
	const session = new Session(connection, deferred);
	const pool = new (loadPg().Pool)({ Client: sessionClientClass(session, client), idleTimeoutMillis: 0 });
	pool.on('error', () => {});
	return {
		client: pool,
		async commit() {
			// Nobody needs the connection after this.
			await Promise.race([commit(session, connection).catch(() => {}), whenTimedOut()]);
		},
		async rollBack() {
			return await Promise.race([settle(session, connection, mark), whenTimedOut()]);
		},
	};
}

async function commit(session: Session, connection: ExclusiveConnection): Promise<void> {
	await session.close(testHasEnded);
	// A failed transaction of a client would keep the rest from being committed.
	await session.abandon();
	await connection.execute('COMMIT');
}

async function settle(
	session: Session,
	connection: ExclusiveConnection,
	mark: string,
): Promise<RollbackOutcome> {
	await session.close(testHasEnded);
	try {
		const open = (await session.abandon()) ? transactionOpen() : undefined;
		const error = open ?? (await violatedConstraint(connection));
		// PostgreSQL would only warn of a ROLLBACK of another transaction.
		await connection.execute(`ROLLBACK TO SAVEPOINT ${mark}; ROLLBACK`);
		return error === undefined ? { clean: true } : { clean: false, error };
	} catch (error) {
		return { clean: false, error: transactionEnded(error, endHint) };
	}
}

async function violatedConstraint(connection: ExclusiveConnection) {
	try {
		await connection.execute('SET CONSTRAINTS ALL IMMEDIATE');
		return undefined;
	} catch (error) {
		return constraintViolated(error);
	}
}

const endHint =
	'Begin and end transactions with queries on a client of `pool`, which become savepoints here, or use databaseTest, where each test has its own database.';

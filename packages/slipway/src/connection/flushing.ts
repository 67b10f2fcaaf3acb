import type { Sql } from 'postgres';
import { type Ask, type AskValue, writeStatement } from './pooler.ts';

/**
 * A commit of its own, of nothing but a message that no one reads. It waits as the session's `synchronous_commit` says,
 * and with it does every commit before it.
 */
const flush = "SELECT pg_catalog.pg_logical_emit_message(true, 'slipway', '')";

const flushTemplate: TemplateStringsArray = Object.assign([flush], { raw: [flush] });

/**
 * Follows each statement with a commit that waits until everything before it is on disk, and on the synchronous standby. So
 * a statement may set `synchronous_commit` to off for its own transaction: its locks are released before that wait,
 * and its result arrives after it. `sql` has one connection, which leads directly to the server.
 *
 * Both are sent at once. The driver may send a statement again, or the second one on a new connection, which may lead to
 * another server. Then the statement may have been committed and lost, and the call rejects.
 */
export function askThenFlush(sql: Sql): Ask {
	return async <Rows extends readonly object[]>(template: TemplateStringsArray, ...values: AskValue[]) => {
		let session: string | undefined;
		const [rows] = await Promise.all([
			sql<Row[]>(template, ...values).then((rows) => {
				session = sessionOf(rows);
				return rows;
			}),
			sql<Row[]>(flushTemplate).then((rows) => {
				if (sessionOf(rows) !== session) throw sessionLost();
			}),
		]);
		return rows as unknown as Rows;
	};
}

type Row = Record<string, unknown>;

/** The process of the server and its random key, which the login has reported. */
const sessionOf = ({ state }: { readonly state: { readonly pid: number; readonly secret: number } }) =>
	`${state.pid} ${state.secret}`;

function sessionLost(): Error {
	const message = 'the connection was lost before it was known whether the commit is on disk';
	return Object.assign(new Error(message), { code: 'CONNECTION_CLOSED' });
}

/**
 * The same through a pooler, with a limit of `timeout` milliseconds: one message, which a pooler cannot divide among servers.
 * The next one is sent when its transaction has ended.
 */
export function askThenFlushWithLimit(sql: Sql, timeout: number): Ask {
	let last: Promise<unknown> = Promise.resolve();

	async function run(statement: string) {
		const begin = `BEGIN; SET LOCAL statement_timeout = ${timeout}`;
		try {
			const results = await sql.unsafe(`${begin}; ${statement}; COMMIT; ${flush}`).simple();
			// The driver leaves out statements without rows, such as COMMIT.
			return results.at(-2);
		} catch (error) {
			// After any other error, the session is lost, and the transaction with it: so it is if this fails.
			if ((error as { readonly severity?: unknown }).severity === 'ERROR')
				await sql
					.unsafe('ROLLBACK')
					.simple()
					.catch(() => {});
			throw error;
		}
	}

	return async <Rows extends readonly object[]>(template: TemplateStringsArray, ...values: AskValue[]) => {
		const statement = writeStatement(template, values);
		const rows = last.then(() => run(statement));
		last = rows.catch(() => {});
		return (await rows) as unknown as Rows;
	};
}

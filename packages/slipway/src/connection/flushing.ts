import type { Sql } from 'postgres';
import { type Ask, type AskValue, writeStatement } from './pooler.ts';

/**
 * Commits nothing but a message that no one reads. Once that has returned, every commit before it is where the session's
 * `synchronous_commit` requires.
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
			sql<Row[]>(flushTemplate).then(
				(rows) => {
					if (sessionOf(rows) !== session) throw sessionLost();
				},
				(cause) => {
					throw sessionLost(cause);
				},
			),
		]);
		return rows as unknown as Rows;
	};
}

type Row = Record<string, unknown>;

/** The process of the server and its random key, which the login has reported. */
const sessionOf = ({ state }: { readonly state: { readonly pid: number; readonly secret: number } }) =>
	`${state.pid} ${state.secret}`;

/** The code is never that of the cause, such as a login that has failed: it would say that the statement can be repeated. */
function sessionLost(cause?: unknown): Error {
	const reason = cause instanceof Error ? `: ${cause.message}` : '';
	const message = `it is not known whether the commit is on disk${reason}`;
	return Object.assign(new Error(message, { cause }), { code: 'CONNECTION_CLOSED' });
}

/**
 * The same through a pooler, with a limit of `timeout` milliseconds: one message, which a pooler cannot divide among servers.
 * Until BEGIN, its transaction is one that an error ends, rather than leave it open in the pooler's session.
 */
export function askThenFlushWithLimit(sql: Sql, timeout: number): Ask {
	return async <Rows extends readonly object[]>(template: TemplateStringsArray, ...values: AskValue[]) => {
		const limited = `SET LOCAL statement_timeout = ${timeout}; ${writeStatement(template, values)}`;
		const results = await sql.unsafe(`${limited}; BEGIN; COMMIT; ${flush}`).simple();
		// The driver leaves out statements without rows, such as COMMIT.
		return results.at(-2) as unknown as Rows;
	};
}

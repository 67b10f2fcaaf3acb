import type { Row, Sql } from 'postgres';
import { quoteLiteral } from '../sql.ts';

/** The server processes of a session, by pid. */
export interface Backend {
	/** The process that answers statements. */
	readonly pid: number;
	/** The process that the login reported. */
	readonly loginPid: number;
}

/** Whether there is no pooler in between: at login, a pooler reports a pid of its own. */
export const isDirect = ({ pid, loginPid }: Backend) => pid === loginPid;

/** Uses no prepared statement, which not every pooler supports. */
export async function readBackend(sql: Sql): Promise<Backend> {
	const rows = await sql<{ pid: number }[]>`SELECT pg_catalog.pg_backend_pid() AS pid`.simple();
	return { pid: rows[0]?.pid ?? 0, loginPid: rows.state.pid };
}

/** Runs one statement that returns rows. Its values are whole numbers and text. A postgres.js client fits this type. */
export type Ask = <Rows extends readonly object[] = Row[]>(
	template: TemplateStringsArray,
	...values: AskValue[]
) => Promise<Rows>;
export type AskValue = number | string;

/**
 * Runs statements with a limit of `timeout` milliseconds that a pooler can neither drop nor pass on to others: limit and
 * statement are one message, and so one transaction and one round trip.
 */
export function askWithLimit(sql: Sql, timeout: number): Ask {
	return async <Rows extends readonly object[]>(template: TemplateStringsArray, ...values: AskValue[]) => {
		const statement = writeStatement(template, values);
		const results = await sql.unsafe(`SET LOCAL statement_timeout = ${timeout}; ${statement}`).simple();
		return results.at(-1) as unknown as Rows;
	};
}

/** The statement with its values as literals. Throws a `TypeError` if one is neither text nor a whole number. */
export function writeStatement(template: TemplateStringsArray, values: readonly AskValue[]): string {
	return String.raw({ raw: template }, ...values.map(toLiteral));
}

function toLiteral(value: AskValue): string {
	if (typeof value === 'string') return quoteLiteral(value);
	if (Number.isSafeInteger(value)) return String(value);
	throw new TypeError(`${value} is not a whole number`);
}

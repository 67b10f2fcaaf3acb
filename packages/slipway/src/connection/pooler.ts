import type { Row, Sql } from 'postgres';

/** Processes of the server. */
export interface Backend {
	/** The one that answers. */
	readonly pid: number;
	/** The one that the login named. */
	readonly loginPid: number;
}

/** Whether there is no pooler in between, which would name a process of its own at the login. */
export const isDirect = ({ pid, loginPid }: Backend) => pid === loginPid;

/** In a form that every pooler passes on: without a prepared statement. */
export async function readBackend(sql: Sql): Promise<Backend> {
	const rows = await sql<{ pid: number }[]>`SELECT pg_catalog.pg_backend_pid() AS pid`.simple();
	return { pid: rows[0]?.pid ?? 0, loginPid: rows.state.pid };
}

/** Runs one statement, which returns rows; its values are whole numbers. A client of postgres.js is one. */
export type Ask = <Rows extends readonly object[] = Row[]>(
	template: TemplateStringsArray,
	...values: number[]
) => Promise<Rows>;

/**
 * Asks with a limit of `timeout` milliseconds that a pooler can neither drop nor give to others: both are in one message,
 * which is one transaction and one round trip.
 */
export function askWithLimit(sql: Sql, timeout: number): Ask {
	return async <Rows extends readonly object[]>(template: TemplateStringsArray, ...values: number[]) => {
		const statement = String.raw({ raw: template }, ...values.map(wholeNumber));
		const results = await sql.unsafe(`SET LOCAL statement_timeout = ${timeout}; ${statement}`).simple();
		return results.at(-1) as unknown as Rows;
	};
}

function wholeNumber(value: number): string {
	if (Number.isSafeInteger(value)) return String(value);
	throw new TypeError(`${value} is not a whole number`);
}

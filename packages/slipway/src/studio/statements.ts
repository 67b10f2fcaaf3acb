import type { Row, Sql, TransactionSql } from 'postgres';
import { type Connection, registerArrays, transact, withClient } from '../connection/index.ts';
import { quoteIdentifier } from '../sql.ts';

/** One statement with its parameters, as the page sends it. */
export interface Statement {
	readonly sql: string;
	readonly parameters: readonly unknown[];
}

type Rows = readonly Row[];

/** Runs what the page sends. Each call has a connection of its own, so that nothing of one reaches the next. */
export interface Statements {
	/** Runs one statement. Names without a schema are looked up in `schema` first. */
	run(statement: Statement, schema?: string): Promise<Rows>;
	/** Runs all statements or none. */
	runAll(statements: readonly Statement[]): Promise<readonly Rows[]>;
}

/**
 * Statements that read only. PostgreSQL refuses to make a transaction writable after its first query, and several
 * statements in one message of the extended protocol. So a statement can leave the read-only transaction, by COMMIT, but
 * there is none after it. One transaction for several statements would break this, so each has its own.
 */
export function readOnlyStatements(login: Connection): Statements {
	const run = (statement: Statement, schema?: string) =>
		connect(login, (sql) =>
			transact(sql, async (transaction) => {
				await transaction.unsafe('SET TRANSACTION READ ONLY');
				await setSearchPath(transaction, schema);
				const rows = await send(transaction, statement);
				await transaction.unsafe('ROLLBACK'); // What is allowed besides reading, such as NOTIFY.
				return rows;
			}),
		);
	const runAll = async (statements: readonly Statement[]) => {
		const results: Rows[] = [];
		for (const statement of statements) results.push(await run(statement));
		return results;
	};
	return { run, runAll };
}

export function writingStatements(login: Connection): Statements {
	return {
		// Not in a transaction block, which VACUUM and others refuse.
		run: (statement, schema) =>
			connect(login, async (sql) => {
				await setSearchPath(sql, schema, 'session');
				return await send(sql, statement);
			}),
		runAll: (statements) =>
			connect(login, (sql) =>
				transact(sql, async (transaction) => {
					const results: Rows[] = [];
					for (const statement of statements) results.push(await send(transaction, statement));
					return results;
				}),
			),
	};
}

function connect<T>(login: Connection, use: (sql: Sql) => Promise<T>): Promise<T> {
	const keepText = (sql: Sql) => {
		keepTextOf(sql);
		return use(sql);
	};
	return withClient(login, keepText, { applicationName: 'slipway studio' });
}

/** Without a schema, sets what is set already: the query is also the first of the transaction. */
async function setSearchPath(
	sql: Sql | TransactionSql,
	schema: string | undefined,
	scope: 'transaction' | 'session' = 'transaction',
): Promise<void> {
	const path = schema === undefined ? null : `${quoteIdentifier(schema)}, public`;
	const isLocal = scope === 'transaction';
	await sql`SELECT set_config('search_path', coalesce(${path}::text, current_setting('search_path')), ${isLocal})`;
}

/** As one message of the extended protocol, which postgres.js uses only for statements with parameters by default. */
async function send(sql: Sql | TransactionSql, { sql: text, parameters }: Statement): Promise<Rows> {
	const options = { prepare: false, simple: false };
	return await sql.unsafe(text, parameters as never[], options);
}

const bytea = 17;
const dates = [1082, 1114, 1184]; // date, timestamp, timestamptz

/** Values that JSON, or a JavaScript `Date`, would change stay as PostgreSQL writes them. */
function keepTextOf(sql: Sql): void {
	const { parsers, serializers } = sql.options as unknown as Record<
		'parsers' | 'serializers',
		Record<number, (value: unknown) => unknown>
	>;
	for (const type of [bytea, ...dates]) {
		parsers[type] = (text) => text;
		serializers[type] = (text) => text;
	}
	registerArrays(sql);
}

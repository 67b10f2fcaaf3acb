import type { Sql } from 'postgres';

/** A database that can be copied. */
export interface Database {
	readonly name: string;
	readonly encoding: string;
}

/** All but template0, which nobody can change. */
export async function readDatabases(sql: Sql): Promise<Database[]> {
	return await sql<Database[]>`
		SELECT datname AS name, pg_encoding_to_char(encoding) AS encoding
		FROM pg_database WHERE datname <> 'template0' ORDER BY datname`;
}

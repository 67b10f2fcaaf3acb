import type { Sql } from 'postgres';
import { quoteLiteral } from '../sql.ts';
import { isOwn } from './tables.ts';

export interface Sequence {
	readonly name: string;
	readonly value: string;
	readonly isCalled: boolean;
}

export async function readSequences(sql: Sql): Promise<Sequence[]> {
	const names = await sql<{ name: string }[]>`
		SELECT format('%I.%I', nspname, relname) AS name
		FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
		WHERE relkind = 'S' AND relpersistence <> 't' AND ${isOwn(sql)} ORDER BY 1`;
	if (names.length === 0) return [];
	const parts = names.map(
		({ name }) =>
			`SELECT ${quoteLiteral(name)} AS name, last_value::text AS value, is_called AS "isCalled" FROM ${name}`,
	);
	return await sql.unsafe<Sequence[]>(parts.join(' UNION ALL '));
}

export async function setSequences(sql: Sql, sequences: readonly Sequence[]): Promise<void> {
	for (const { name, value, isCalled } of sequences)
		await sql`SELECT setval(${name}::regclass, ${value}::bigint, ${isCalled})`;
}

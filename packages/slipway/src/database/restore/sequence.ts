import type { Sql } from 'postgres';

/** A sequence as it is in the template. */
export interface Sequence {
	readonly oid: number;
	readonly value: string;
	readonly isCalled: boolean;
}

export async function readSequence(sql: Sql, oid: number): Promise<Sequence> {
	const [name] = await sql<[{ name: string }]>`SELECT format('%I.%I', nspname, relname) AS name
		FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = ${oid}`;
	const [row] = await sql.unsafe<[Omit<Sequence, 'oid'>]>(
		`SELECT last_value AS value, is_called AS "isCalled" FROM ${name.name}`,
	);
	return { oid, ...row };
}

/** A statement that sets the values of the sequences. */
export function setSequences(sequences: readonly Sequence[]): string {
	const calls = sequences.map(({ oid, value, isCalled }) => `setval(${oid}, ${value}, ${isCalled})`);
	return `SELECT ${calls.join(', ')}`;
}

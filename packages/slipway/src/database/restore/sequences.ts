import type { Sql } from 'postgres';

/** A sequence and its value. */
export interface Sequence {
	readonly oid: number;
	readonly value: string;
	readonly isCalled: boolean;
}

interface NamedSequence extends Sequence {
	/** Quoted, with its schema. */
	readonly name: string;
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

/** All sequences of the database. */
export async function readSequences(sql: Sql): Promise<readonly NamedSequence[]> {
	const found = await sql<{ oid: number; name: string }[]>`
		SELECT relation.oid, format('%I.%I', nspname, relname) AS name
		FROM pg_class AS relation JOIN pg_namespace ON pg_namespace.oid = relnamespace
		WHERE relkind = 'S' AND relpersistence <> 't'`;
	if (found.length === 0) return [];
	const values = await sql.unsafe<Sequence[]>(
		`SELECT oid, value, called AS "isCalled" FROM (${valuesOf(found)}) AS now`,
	);
	const names = new Map(found.map(({ oid, name }) => [oid, name]));
	return values.map((value) => ({ ...value, name: names.get(value.oid) ?? '' }));
}

/** A statement that gives those that have other values by then the values that they have now. */
export function restoreSequences(sequences: readonly NamedSequence[]): string {
	if (sequences.length === 0) return 'SELECT';
	const before = sequences.map(({ oid, value, isCalled }) => `(${oid}::oid, ${value}::bigint, ${isCalled})`);
	return `SELECT setval(oid::regclass, before.value, before.called)
		FROM (VALUES ${before.join(', ')}) AS before (oid, value, called) JOIN (${valuesOf(sequences)}) AS now USING (oid)
		WHERE (now.value, now.called) <> (before.value, before.called)`;
}

const valuesOf = (sequences: readonly Pick<NamedSequence, 'oid' | 'name'>[]) =>
	sequences
		.map(
			({ oid, name }) => `SELECT ${oid}::oid AS oid, last_value AS value, is_called AS called FROM ${name}`,
		)
		.join(' UNION ALL ');

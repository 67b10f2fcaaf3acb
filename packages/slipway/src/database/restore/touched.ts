import type { Reference } from './reference.ts';
import type { Relation } from './relations.ts';
import type { Sequence } from './sequences.ts';
import type { Table } from './table.ts';

/** What has to be restored. */
export interface Touched {
	readonly tables: readonly Table[];
	readonly sequences: readonly Sequence[];
}

/** Undefined if one of `relations` cannot be restored, such as a catalog, or if there are more than `maxTables`. */
export async function describeTouched(
	relations: readonly (Relation | undefined)[],
	reference: Reference,
	maxTables: number,
): Promise<Touched | undefined> {
	const known = relations.filter(isDefined);
	if (known.length < relations.length) return undefined;
	const all = [...known, ...reference.relations.unlogged];
	const tableIds = oidsOf(all, 'table');
	const sequenceIds = oidsOf(all, 'sequence');
	if (tableIds.length + sequenceIds.length > 0 && tableIds.length > maxTables) return undefined;
	const tables = await Promise.all(tableIds.map((oid) => reference.table(oid)));
	const sequences = await Promise.all(sequenceIds.map((oid) => reference.sequence(oid)));
	return tables.includes(undefined) ? undefined : { tables: tables.filter(isDefined), sequences };
}

const isDefined = <T>(value: T | undefined) => value !== undefined;

const oidsOf = (relations: readonly Relation[], kind: Relation['kind']) => [
	...new Set(relations.filter((relation) => relation.kind === kind).map(({ oid }) => oid)),
];

import type { Sql } from 'postgres';

/** What a file of a database belongs to. */
export interface Relation {
	readonly kind: 'table' | 'sequence' | 'index';
	/** That of the table for the file with its long values (TOAST). */
	readonly oid: number;
}

export interface Relations {
	/** By the numbers of their files. */
	readonly byFile: ReadonlyMap<number, Relation>;
	/** Those whose changes are not in the write-ahead log. */
	readonly unlogged: readonly Relation[];
}

/** The lowest OID of what is not part of PostgreSQL itself. */
export const firstNormalObjectId = 16_384;

const kinds = { r: 'table', t: 'table', S: 'sequence', i: 'index' } as const;

/**
 * The tables and sequences that can be restored, and their indexes. Not the catalogs, and no materialized views, which
 * change together with the catalogs.
 */
export async function readRelations(sql: Sql): Promise<Relations> {
	const rows = await sql.unsafe<Row[]>(`
		SELECT pg_relation_filenode(relation.oid) AS file, relation.relkind AS kind,
			coalesce(owner.oid, relation.oid) AS oid, relation.relpersistence = 'u' AS "isUnlogged"
		FROM pg_class AS relation LEFT JOIN pg_class AS owner
			ON owner.reltoastrelid = relation.oid AND relation.relkind = 't'
		WHERE relation.relkind IN ('r', 't', 'S', 'i') AND relation.oid >= ${firstNormalObjectId}`);
	const toRelation = ({ kind, oid }: Row): Relation => ({ kind: kinds[kind], oid });
	return {
		byFile: new Map(rows.map((row) => [row.file, toRelation(row)])),
		unlogged: rows.filter(({ isUnlogged }) => isUnlogged).map(toRelation),
	};
}

interface Row {
	readonly file: number;
	readonly kind: keyof typeof kinds;
	readonly oid: number;
	readonly isUnlogged: boolean;
}

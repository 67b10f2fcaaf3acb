import type { FactBase } from '@supabase/pg-delta/core';
import { quoteIdentifier } from '../../sql.ts';
import { renameWarning, type SchemaChange } from './change.ts';
import type { Schema } from './schema.ts';

type Fact = ReturnType<FactBase['facts']>[number];

interface Table {
	readonly schema: string;
	readonly name: string;
	/** Equal for tables in the same schema with the same columns, unless they are different partitions. */
	readonly shape: string;
	/** The named objects that belong to it. */
	readonly parts: readonly Part[];
}

interface Part {
	readonly kind: 'CONSTRAINT' | 'INDEX' | 'SEQUENCE';
	readonly name: string;
}

/**
 * Treats a dropped table and an added one with the same columns as a rename, which includes the parts named
 * after the table. The library itself recognizes few tables with such parts, and would drop the others.
 */
export function tableRenames(from: Schema, to: Schema): readonly SchemaChange[] {
	const [before, after] = [tablesOf(from), tablesOf(to)];
	const dropped = without(before, after);
	const added = without(after, before);
	return dropped.flatMap((table) => {
		const same = ({ shape }: Table) => shape === table.shape;
		const [found] = added.filter(same);
		if (found === undefined || dropped.filter(same).length > 1 || added.filter(same).length > 1) return [];
		return renamesOf(table, found);
	});
}

function renamesOf(table: Table, found: Table): SchemaChange[] {
	const within = (name: string) => `${quoteIdentifier(table.schema)}.${quoteIdentifier(name)}`;
	const parts = table.parts.flatMap(({ kind, name }) => {
		const next = name.replace(table.name, () => found.name);
		if (next === name || !name.startsWith(table.name)) return [];
		if (!found.parts.some((part) => part.kind === kind && part.name === next)) return [];
		const [altered, renamed] =
			kind === 'CONSTRAINT'
				? [`TABLE ${within(found.name)}`, `CONSTRAINT ${quoteIdentifier(name)} `]
				: [`${kind} ${within(name)}`, ''];
		return [`ALTER ${altered} RENAME ${renamed}TO ${quoteIdentifier(next)}`];
	});
	const sql = `ALTER TABLE ${within(table.name)} RENAME TO ${quoteIdentifier(found.name)}`;
	return [
		{ sql, warning: renameWarning, commits: false },
		...parts.map((sql) => ({ sql, warning: undefined, commits: false })),
	];
}

function without(some: readonly Table[], others: readonly Table[]): readonly Table[] {
	return some.filter((one) => !others.some(({ schema, name }) => one.schema === schema && one.name === name));
}

function tablesOf({ factBase }: Schema): readonly Table[] {
	const facts = factBase.facts();
	const serials = Map.groupBy(facts.flatMap(serialOf), ({ table }) => table);
	return facts.flatMap(({ id }) => {
		if (id.kind !== 'table') return [];
		const children = factBase.childrenOf(id);
		const columns = children.flatMap(({ id, payload: { type } }) =>
			id.kind === 'column' ? [`${id.name} ${type}`] : [],
		);
		return [
			{
				schema: id.schema,
				name: id.name,
				shape: JSON.stringify([id.schema, factBase.hashOf(id), columns.toSorted()]),
				parts: [...children.flatMap(partOf), ...(serials.get(`${id.schema}.${id.name}`) ?? [])],
			},
		];
	});
}

function partOf({ id, payload }: Fact): Part[] {
	if (id.kind === 'constraint') return [{ kind: 'CONSTRAINT', name: id.name }];
	if (id.kind === 'index') return [{ kind: 'INDEX', name: id.name }];
	const { sequence } = (payload.identity ?? {}) as { sequence?: { name: string } };
	return sequence ? [{ kind: 'SEQUENCE', name: sequence.name }] : [];
}

function serialOf({ id, payload }: Fact): (Part & { readonly table: string })[] {
	const owner = payload.ownedBy as { schema: string; table: string } | null | undefined;
	if (id.kind !== 'sequence' || !owner) return [];
	return [{ kind: 'SEQUENCE', name: id.name, table: `${owner.schema}.${owner.table}` }];
}

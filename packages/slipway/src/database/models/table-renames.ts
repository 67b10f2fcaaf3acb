import type { FactBase } from '@supabase/pg-delta/core';
import { quoteIdentifier } from '../../sql.ts';
import { renameWarning, type SchemaChange } from './change.ts';
import type { Schema } from './schema.ts';

type Fact = ReturnType<FactBase['facts']>[number];

interface Table {
	readonly schema: string;
	readonly name: string;
	/** The same for two tables in one schema whose columns are the same, and that are no other partition of a table. */
	readonly shape: string;
	/** What belongs to it and has a name of its own. */
	readonly parts: readonly Part[];
}

interface Part {
	readonly kind: 'CONSTRAINT' | 'INDEX' | 'SEQUENCE';
	readonly name: string;
}

/**
 * A table that went and one that came with the same columns, as one that got another name, which the parts that were named
 * after it get too. The library sees that only in tables without most of such parts, and would drop the others.
 */
export function tableRenames(from: Schema, to: Schema): readonly SchemaChange[] {
	const [before, after] = [tablesOf(from), tablesOf(to)];
	const gone = without(before, after);
	const come = without(after, before);
	return gone.flatMap((table) => {
		const same = ({ shape }: Table) => shape === table.shape;
		const [found] = come.filter(same);
		if (found === undefined || gone.filter(same).length > 1 || come.filter(same).length > 1) return [];
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

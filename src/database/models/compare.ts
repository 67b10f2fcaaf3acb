import type { ExtractResult } from '@supabase/pg-delta/extract';
import type { PlanOptions } from '@supabase/pg-delta/plan';
import type { Pool } from 'pg';
import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { ledgerSchema } from '../migrations/ledger.ts';
import { type SchemaChange, toChanges } from './change.ts';
import { loadComparison } from './library.ts';
import { notCompared } from './not-compared.ts';

/** A database that is thrown away afterwards, bootstrapped. */
export interface ShadowDatabase {
	readonly owner: string;
	/** Makes objects as the owner. */
	readonly migrator: Connection;
	/** Reads what the migrator may not. */
	readonly admin: Connection;
}

export interface SchemaDifference {
	readonly up: readonly SchemaChange[];
	readonly down: readonly SchemaChange[];
	/** What differs or may differ and is in neither. */
	readonly notCompared: readonly string[];
}

export interface CompareOptions {
	/** Read a table or column that went and one of the same shape that came as one that got another name; true unless told. */
	readonly renames?: boolean;
}

/**
 * What leads from the schema of `current` to that of `desired` and back. Both ways have been taken in `current`, whose rows
 * are removed for that, and lead where they should. Throws `diff-failed` where the comparison finds no such way.
 */
export async function compareSchemas(
	current: ShadowDatabase,
	desired: ShadowDatabase,
	{ renames = true }: CompareOptions = {},
): Promise<SchemaDifference> {
	const comparison = await openComparison(current.owner, renames);
	await using here = comparison.read(current.admin);
	await using there = comparison.read(desired.admin);
	const [before, after] = await Promise.all([here.extract(), there.extract()]);
	const walk = { current, extract: here.extract, plan: comparison.plan };
	const lacks = notCompared([before, after]);
	const first = comparison.plan(before, after);
	if (first.length === 0) return { up: [], down: [], notCompared: lacks };
	await removeRows(current.admin);
	const up = await takeWay(walk, first, after);
	const down = await takeWay(walk, comparison.plan(up.end, before), before);
	return { up: up.changes, down: down.changes, notCompared: lacks };
}

interface Walk {
	readonly current: ShadowDatabase;
	readonly extract: () => Promise<ExtractResult>;
	readonly plan: (from: ExtractResult, to: ExtractResult) => readonly SchemaChange[];
}

/**
 * Grants come last: the owner's default privileges give most of them. What is left then is said, twice where that of a
 * table takes away those of its columns.
 */
async function takeWay(
	{ current, extract, plan }: Walk,
	first: readonly SchemaChange[],
	to: ExtractResult,
): Promise<{ readonly changes: readonly SchemaChange[]; readonly end: ExtractResult }> {
	const changes = first.filter(({ sql }) => !/^(GRANT|REVOKE) /.test(sql));
	await apply(current.migrator, changes);
	for (let turn = 1; turn <= 3; turn++) {
		const end = await extract();
		const left = plan(end, to);
		if (left.length === 0) return { changes, end };
		await apply(current.migrator, left);
		changes.push(...left);
	}
	throw diffFailed(`it does not come to an end with: ${changes.at(-1)?.sql}`);
}

async function apply(migrator: Connection, changes: readonly SchemaChange[]): Promise<void> {
	await withClient(migrator, async (sql) => {
		await sql`SET check_function_bodies = off`;
		for (const change of changes)
			await sql.unsafe(change.sql).catch((cause: Error) => {
				throw diffFailed(`${change.sql}\nends in: ${cause.message}`, cause);
			});
	});
}

function diffFailed(what: string, cause?: Error): SlipwayError {
	return new SlipwayError(
		'diff-failed',
		`the comparison found no way from the migrations to the models: ${what}`,
		'Write this step by hand (scripts/migrate new), then compare again.',
		{ cause },
	);
}

/** Whether a statement fails is then a matter of the schema alone. A TRUNCATE of every table would take its time. */
async function removeRows(admin: Connection): Promise<void> {
	await withClient(admin, (sql) =>
		sql.unsafe(`DO $$
			DECLARE
				candidate regclass;
				filled boolean;
			BEGIN
				FOR candidate IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace NOT IN (
					'pg_catalog'::regnamespace, 'information_schema'::regnamespace,
					coalesce(to_regnamespace('${ledgerSchema}'), 'pg_catalog'::regnamespace))
				LOOP
					EXECUTE format('SELECT EXISTS (SELECT FROM %s)', candidate) INTO filled;
					IF filled THEN EXECUTE format('TRUNCATE %s CASCADE', candidate); END IF;
				END LOOP;
			END $$`),
	);
}

const sqlFormat = { keywordCase: 'preserve', alignColumns: false, maxWidth: 110 } as const;

interface Comparison {
	readonly plan: Walk['plan'];
	readonly read: (admin: Connection) => AsyncDisposable & Pick<Walk, 'extract'>;
}

async function openComparison(owner: string, renames: boolean): Promise<Comparison> {
	const { extract, plan, format, Pool } = await loadComparison();
	const options: PlanOptions = {
		renames: renames ? 'auto' : 'off',
		// What bootstrap makes is the same on both sides and no business of a migration.
		scope: 'database',
		defaultOwner: owner,
		policy: {
			id: 'slipway',
			filter: [
				{ match: { schema: ledgerSchema }, action: 'exclude' },
				{ match: { all: [{ kind: 'schema' }, { name: ledgerSchema }] }, action: 'exclude' },
			],
		},
	};
	return {
		plan: (from, to) =>
			toChanges(plan(from.factBase, to.factBase, { ...options, assumedRoles: rolesOf(from) })).map(
				(change) => ({
					...change,
					sql: format([change.sql], sqlFormat).join(''),
				}),
			),
		read: (admin) => {
			const pool: Pool = new Pool(toPoolConfig(admin));
			// Without a listener the loss of an idle connection would end the process.
			pool.on('error', () => {});
			return { extract: () => extract(pool), [Symbol.asyncDispose]: () => pool.end() };
		},
	};
}

function rolesOf({ factBase }: ExtractResult): string[] {
	return factBase.facts().flatMap(({ id }) => (id.kind === 'role' ? [id.name] : []));
}

function toPoolConfig({ host, port, username, password, database }: Connection) {
	return { host, port, user: username, password, database, max: 1 };
}

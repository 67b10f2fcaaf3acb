import type { SchemaChange } from './change.ts';
import type { SchemaDifference } from './compare.ts';

/**
 * The text of a migration file. A part has no transaction if one of its changes has to be committed before
 * the next.
 */
export function toMigrationText({ up, down }: Pick<SchemaDifference, 'up' | 'down'>): string {
	return [...toPart('Up', up), ...toPart('Down', down)].join('\n');
}

function toPart(direction: string, changes: readonly SchemaChange[]): string[] {
	const marker = changes.some(({ commits }) => commits) ? 'Migration, no transaction' : 'Migration';
	const statements = [...settingsOf(changes), ...changes].map(toText);
	return [`-- ${direction} ${marker}`, '', ...statements.flatMap((statement) => [statement, ''])];
}

/** A routine may use what a later statement creates. */
function settingsOf(changes: readonly SchemaChange[]): SchemaChange[] {
	if (!changes.some(({ sql }) => /^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE) /.test(sql))) return [];
	return [{ sql: 'SET check_function_bodies = off', warning: undefined, commits: false }];
}

function toText({ sql, warning }: SchemaChange): string {
	return warning === undefined ? `${sql};` : `-- ${warning}\n${sql};`;
}

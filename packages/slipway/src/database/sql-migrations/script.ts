import { psqlCommandProblem, withoutRows } from '../migrations/psql.ts';
import { characterProblems, type FileProblem, refuseProblems } from '../migrations/script.ts';
import type { Problem } from '../migrations/sections.ts';
import { needsPsql, psqlOnly } from '../migrations/statements.ts';
import { dialectOf } from './dialects.ts';
import { readFlywayScript } from './flyway-script.ts';
import { readPlainScript } from './plain-script.ts';
import type { SqlMigration } from './read.ts';
import { type Block, type Blocks, readUpSections } from './sections.ts';

/** A parsed file. */
export interface SqlScript {
	readonly migration: SqlMigration;
	/** What applies it, in order. */
	readonly blocks: readonly Block[];
	/** How to make its tool run it outside a transaction, in the imperative. */
	readonly noTransaction: string;
}

/** Parses `migrations`. Throws `invalid-migrations`, naming the problems with their files and lines. */
export function parseSqlScripts(migrations: readonly SqlMigration[]): readonly SqlScript[] {
	const problems: FileProblem[] = [];
	const scripts = migrations.map((migration) => {
		const { noTransaction, blocks, problems: own } = parse(migration);
		const all = [...characterProblems(migration.text), ...own, ...statementProblems(migration, blocks)];
		problems.push(...all.map((problem) => ({ ...problem, file: migration })));
		return { migration, blocks, noTransaction };
	});
	refuseProblems(problems);
	return scripts;
}

function parse({ text, flywayConfig }: SqlMigration): Blocks & { readonly noTransaction: string } {
	if (flywayConfig !== undefined)
		return {
			...readFlywayScript(text, flywayConfig),
			noTransaction: 'Write executeInTransaction=false into its script configuration, <file>.conf',
		};
	const dialect = dialectOf(text);
	if (dialect !== undefined)
		return { ...readUpSections(text, dialect), noTransaction: `Mark it: ${dialect.noTransaction}` };
	return {
		...readPlainScript(text),
		noTransaction: 'Move it to a file of its own: a single statement runs without a transaction',
	};
}

function statementProblems({ text }: SqlMigration, blocks: readonly Block[]): Problem[] {
	const statements = blocks.flatMap((block) => block.statements);
	return withoutRows(text, statements).flatMap((statement) => {
		const message = needsPsql(statement.text) ? psqlOnly : psqlCommandProblem(statement.text);
		return message === undefined ? [] : [{ index: statement.index, message }];
	});
}

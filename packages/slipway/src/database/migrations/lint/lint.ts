import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { SlipwayError } from '../../../errors.ts';
import { type MigrationFile, readMigrationFiles } from '../files.ts';
import { isSql } from '../load-scripts.ts';
import { locate } from '../location.ts';
import { type MigrationScript, parseScripts } from '../script.ts';
import { outline, type Statement } from '../statements.ts';
import { type Allowance, readAllowances } from './allowances.ts';
import { findMentions } from './mentions.ts';
import { applyOwnRules } from './own-rules.ts';
import { type Complaint, runSquawk } from './squawk.ts';

/** Something in a migration that is dangerous if tables are big or in use. */
export interface Finding {
	readonly path: string;
	/** From 1, as is the column. */
	readonly line: number;
	readonly column: number;
	/** A rule of squawk or Slipway, or `allowance` for an allowance that is itself wrong. */
	readonly kind: string;
	readonly message: string;
}

export interface LintOptions {
	/** The folder with the code to search for names that a migration drops. */
	readonly source?: string;
	/** Called with the names of files that are not SQL, if there are any. */
	readonly onSkipped?: (files: readonly string[]) => void;
}

/**
 * Finds what is dangerous in the up parts of the migrations in `directory`, unless a comment above the
 * statement allows it: `-- lint: allow KIND because REASON`. Throws `no-linter` if squawk is not installed,
 * and `no-source`.
 */
export async function lintMigrations(
	directory: string,
	{ source, onSkipped = () => {} }: LintOptions = {},
): Promise<readonly Finding[]> {
	const files = await readMigrationFiles(directory);
	const scripts = parseScripts(files.filter(isSql));
	const skipped = files.filter((file) => !isSql(file)).map(({ path }) => basename(path));
	if (skipped.length > 0) onSkipped(skipped);
	if (source !== undefined) await requireFolder(source);
	const complaints = [...(await runSquawk(scripts)), ...applyOwnRules(scripts)];
	const findings: Finding[] = [];
	for (const script of scripts) {
		const mine = complaints.filter(({ name }) => name === script.file.name);
		findings.push(...(await lintScript(script, mine, source)));
	}
	return findings;
}

async function requireFolder(source: string): Promise<void> {
	const found = await stat(source).catch(() => undefined);
	if (found?.isDirectory()) return;
	throw new SlipwayError(
		'no-source',
		`${source}, to be searched for names that migrations drop, is not a folder`,
		'Pass the folder with the code: --source PATH.',
	);
}

async function lintScript(
	{ file, up }: MigrationScript,
	complaints: readonly Complaint[],
	source: string | undefined,
): Promise<readonly Finding[]> {
	const findings: Finding[] = [];
	for (const [position, statement] of up.statements.entries()) {
		const start = up.statements[position - 1] ?? { index: up.start, text: '' };
		const allowances = readAllowances(file.text, start.index + start.text.length, statement.index);
		const own = complaints.filter((each) => contains(statement, each.index) && isRelevant(each, statement));
		for (const { kind, message, index } of own) {
			if (allowances.some((each) => each.kind === kind && each.reason !== '')) continue;
			const mentions = dropsNames.has(kind) ? await findMentions(statement.text, source) : [];
			findings.push({ ...place(file, index), kind, message: [message, ...mentions].join(' ') });
		}
		findings.push(...allowances.flatMap((each) => wrongAllowance(file, each, own)));
	}
	return findings;
}

/** Only what code refers to by name, unlike NOT NULL, a default or a constraint. */
const dropsNames = new Set(['ban-drop-column', 'ban-drop-table']);

/**
 * CONCURRENTLY needs no lock timeout: it waits without blocking others, and leaves an invalid index if it is
 * interrupted.
 */
const isRelevant = ({ kind }: Complaint, { text }: Statement) =>
	kind !== 'require-lock-timeout' || !/\bconcurrently\b/i.test(outline(text));

const contains = ({ index, text }: Statement, place: number) =>
	place >= index && place <= index + text.length;

function wrongAllowance(
	file: MigrationFile,
	allowance: Allowance,
	complaints: readonly Complaint[],
): Finding[] {
	const { kind, reason, index } = allowance;
	const found = (message: string) => [{ ...place(file, index), kind: 'allowance', message }];
	if (reason === '') return found(`It has no reason: -- lint: allow ${kind || 'KIND'} because REASON`);
	if (complaints.every((each) => each.kind !== kind))
		return found(`It allows ${kind}, which the linter does not report for the statement below: remove it.`);
	return [];
}

function place({ path, text }: MigrationFile, index: number) {
	return { path, ...locate(text, index) };
}

/** Throws `migrations-dangerous` if there are findings. */
export function refuseFindings(findings: readonly Finding[]): void {
	if (findings.length === 0) return;
	throw new SlipwayError(
		'migrations-dangerous',
		findings.length === 1 ? 'the linter has one finding' : `the linter has ${findings.length} findings`,
		'Rewrite the statements as suggested. If the table is small or new, allow the finding with a comment above the statement: -- lint: allow KIND because REASON',
	);
}

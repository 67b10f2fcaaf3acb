import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { tmpdir } from 'node:os';

import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SlipwayError } from '../../../errors.ts';
import { withoutNoOpCommands } from '../psql.ts';
import type { MigrationScript } from '../script.ts';

/** A place in a migration that breaks a rule. */
export interface Complaint {
	/** The migration's name. */
	readonly name: string;
	/** Where it is in the migration's text. */
	readonly index: number;
	readonly kind: string;
	readonly message: string;
}

/** Matters of taste, and the statement timeout, which Slipway sets for every migration in a transaction. */
const tastes = [
	'ban-char-field',
	'prefer-bigint-over-int',
	'prefer-bigint-over-smallint',
	'prefer-text-field',
	'prefer-timestamp-tz',
	'require-enum-value-ordering',
	'require-statement-timeout',
];
/** What fails half-way is rolled back, in a transaction. */
const rolledBack = ['prefer-robust-stmts', 'require-lock-timeout'];

/** Runs squawk, a linter for migrations (https://squawkhq.com). */
export async function runSquawk(scripts: readonly MigrationScript[]): Promise<readonly Complaint[]> {
	const [inside, outside] = [true, false].map((inTransaction) =>
		scripts.filter(({ up }) => up.inTransaction === inTransaction),
	);
	const complaints = await Promise.all([
		lint(inside ?? [], [...tastes, ...rolledBack], ['--assume-in-transaction']),
		lint(outside ?? [], tastes, []),
	]);
	return complaints.flat();
}

async function lint(
	scripts: readonly MigrationScript[],
	excluded: readonly string[],
	options: readonly string[],
): Promise<readonly Complaint[]> {
	if (scripts.length === 0) return [];
	const files = new Map(scripts.map(({ file }) => [basename(file.path), file]));
	const fixed = ['--reporter=json', '--include=prefer-repack', `--exclude=${excluded.join()}`];
	const texts = new Map(scripts.map(({ file }) => [basename(file.path), withoutNoOpCommands(file.text)]));
	const output = await inCopies(texts, (copies) => run([...fixed, ...options, '--', ...copies]));
	return Array.from(Map.groupBy(parseReport(output), ({ file }) => basename(file))).flatMap(
		([path, reports]) => {
			const { name = '' } = files.get(path) ?? {};
			const lines = new Lines(texts.get(path) ?? '');
			return reports.map(({ line, column, rule_name, message, help }) => ({
				name,
				index: lines.indexOf(line, column),
				kind: rule_name,
				message: [message, help].filter((part) => part !== null).join(' '),
			}));
		},
	);
}

interface Report {
	readonly file: string;
	/** From 0, like the column, which counts bytes. */
	readonly line: number;
	readonly column: number;
	readonly rule_name: string;
	readonly message: string;
	readonly help: string | null;
}

function parseReport(output: string): readonly Report[] {
	try {
		return JSON.parse(output) as readonly Report[];
	} catch (cause) {
		throw new SlipwayError(
			'linter-failed',
			`squawk printed something other than JSON: ${output}`,
			'Run squawk by hand to see what is wrong.',
			{
				cause,
			},
		);
	}
}

/** Squawk gives up on a file that it cannot parse, so it gets copies without psql commands. */
async function inCopies<T>(
	texts: ReadonlyMap<string, string>,
	use: (files: readonly string[]) => Promise<T>,
): Promise<T> {
	const directory = await mkdtemp(join(tmpdir(), 'slipway-lint-'));
	try {
		const files = [...texts].map(([name, text]) => ({ path: join(directory, name), text }));
		await Promise.all(files.map(({ path, text }) => writeFile(path, text)));
		return await use(files.map(({ path }) => path));
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
}

class Lines {
	readonly #starts = [0];
	readonly #text: string;

	constructor(text: string) {
		this.#text = text;
		for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1))
			this.#starts.push(end + 1);
	}

	indexOf(line: number, column: number): number {
		const start = this.#starts[line] ?? this.#text.length;
		// A character never takes fewer bytes than UTF-16 code units.
		const bytes = Buffer.from(this.#text.slice(start, start + column));
		return start + bytes.subarray(0, column).toString().length;
	}
}

/** It ends with 1 where it has complaints. In this process's own folder, to which NODE_OPTIONS may be relative. */
async function run(args: readonly string[]): Promise<string> {
	const child = spawn(process.execPath, [findSquawk(), ...args], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
	if (output.trim() !== '') return output;
	throw new SlipwayError(
		'linter-failed',
		`squawk printed no report, only: ${complaint.trim()}`,
		'Run squawk by hand to see what is wrong.',
	);
}

function findSquawk(): string {
	try {
		return join(dirname(createRequire(import.meta.url).resolve('squawk-cli/package.json')), 'js/bin/squawk');
	} catch (cause) {
		throw new SlipwayError(
			'no-linter',
			'squawk, the linter for migrations, is not installed',
			'Install it as a development dependency: npm install --save-dev squawk-cli. A production image does not contain it.',
			{ cause },
		);
	}
}

import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SlipwayError } from '../../../errors.ts';
import type { MigrationScript } from '../script.ts';

/** What squawk says of a place in a migration. */
export interface Complaint {
	/** The migration's. */
	readonly name: string;
	/** Where in its text. */
	readonly index: number;
	readonly kind: string;
	readonly message: string;
}

/** Matters of taste, and the timeouts, which Slipway sets for every migration in a transaction. */
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

/** Runs squawk, a linter for migrations (https://squawkhq.com), on files of `directory`. */
export async function runSquawk(
	directory: string,
	scripts: readonly MigrationScript[],
): Promise<readonly Complaint[]> {
	const [inside, outside] = [true, false].map((inTransaction) =>
		scripts.filter(({ up }) => up.inTransaction === inTransaction),
	);
	const complaints = await Promise.all([
		lint(directory, inside ?? [], [...tastes, ...rolledBack], ['--assume-in-transaction']),
		lint(directory, outside ?? [], tastes, []),
	]);
	return complaints.flat();
}

async function lint(
	directory: string,
	scripts: readonly MigrationScript[],
	excluded: readonly string[],
	options: readonly string[],
): Promise<readonly Complaint[]> {
	if (scripts.length === 0) return [];
	const files = scripts.map(({ file }) => join(directory, `${file.name}.sql`));
	const fixed = ['--reporter=json', '--include=prefer-repack', `--exclude=${excluded.join()}`];
	const output = await run([...fixed, ...options, '--', ...files]);
	const texts = new Map(scripts.map(({ file }) => [file.name, file.text]));
	return parseReport(output).map(({ file, line, column, rule_name, message, help }) => {
		const name = basename(file, '.sql');
		return {
			name,
			index: indexOf(texts.get(name) ?? '', line, column),
			kind: rule_name,
			message: [message, help].filter((part) => part !== null).join(' '),
		};
	});
}

interface Report {
	readonly file: string;
	/** From 0, as is the column, which counts bytes. */
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
			`squawk does not answer with JSON: ${output}`,
			'Run it by hand.',
			{
				cause,
			},
		);
	}
}

function indexOf(text: string, line: number, column: number): number {
	const lines = text.split('\n');
	const before = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
	return (
		before +
		Buffer.from(lines[line] ?? '')
			.subarray(0, column)
			.toString().length
	);
}

/** It ends with 1 where it has complaints. In this process's own folder, to which NODE_OPTIONS may be relative. */
async function run(args: readonly string[]): Promise<string> {
	const child = spawn(process.execPath, [findSquawk(), ...args], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const [output, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
	if (output.trim() !== '') return output;
	throw new SlipwayError('linter-failed', `squawk says nothing but: ${complaint.trim()}`, 'Run it by hand.');
}

function findSquawk(): string {
	try {
		return join(dirname(createRequire(import.meta.url).resolve('squawk-cli/package.json')), 'js/bin/squawk');
	} catch (cause) {
		throw new SlipwayError(
			'no-linter',
			'squawk, which knows the dangerous statements, is not installed',
			'It is a package for development: npm install --save-dev squawk-cli. The image of the service has none.',
			{ cause },
		);
	}
}

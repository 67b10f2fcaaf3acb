import type { SuggestedMigrations } from '../../detection/index.ts';
import { sequenceNumber } from './order.ts';
import { printable } from './printable.ts';

/** The parts of a migration that a file contains: both, or one of a pair of files. */
export type FileContent = 'both' | 'up' | 'down';

export interface FileName {
	/**
	 * The migration's name in the ledger. A pair has the same name as a single file would, as in
	 * node-pg-migrate.
	 */
	readonly name: string;
	readonly content: FileContent;
}

/** Whether a file is JavaScript or TypeScript. */
export function isProgram(file: string): boolean {
	return /\.[cm]?[jt]s$/.test(file);
}

/**
 * Reads `<number>_<name>.sql`, `<number>_<name>.up.sql` and `<number>_<name>.down.sql`, and programs such as
 * `<number>_<name>.ts`.
 */
export function parseFileName(file: string): FileName {
	if (isProgram(file)) return { name: file.replace(/\.[cm]?[jt]s$/, ''), content: 'both' };
	const stem = file.replace(/\.sql$/, '');
	if (stem.endsWith('.up')) return { name: stem.slice(0, -'.up'.length), content: 'up' };
	if (stem.endsWith('.down')) return { name: stem.slice(0, -'.down'.length), content: 'down' };
	return { name: stem, content: 'both' };
}

/** What is wrong with a name, and the fix. */
export interface NameProblem {
	readonly what: string;
	readonly fix: string;
}

const renameFix =
	'Rename migrations to the form that npx slipway migrate new uses: <UTC time, 17 digits>_<name>.sql';

const moveFix =
	'Rename migrations to the form <number>_<name>.js or .ts, and move modules that they import to another folder.';

export const pairFix =
	'Give the two files of a pair the same name: <number>_<name>.up.sql and <number>_<name>.down.sql. Only the first is applied.';

/** What to write for migrations that are not in node-pg-migrate's format. */
export const foreignFix = ({ tool, line }: SuggestedMigrations) =>
	`These are migrations of another tool (${tool}). Write into slipway.config.ts: ${line}`;

/** Undefined if `file` is a valid name for a migration. */
export function fileNameProblem(file: string): NameProblem | undefined {
	const { name } = parseFileName(file);
	const isNumbered = sequenceNumber(name) !== undefined;
	const isHalf = /\.(up|down|undo|rollback|revert)$/i.test(name);
	if (isNumbered && !isHalf) return undefined;
	if (/^U[\d._]+__/.test(name)) return { what: `${printable(file)}: a Flyway undo migration`, fix: pairFix };
	if (isHalf || /(^|[^a-z])(down|undo|rollback|revert)([^a-z]|$)/i.test(name))
		return {
			what: `${printable(file)}: named like one of a pair of files that apply and revert a migration`,
			fix: pairFix,
		};
	const form = isProgram(file) ? '<number>_<name>.js' : '<number>_<name>.sql';
	return {
		what: `${printable(file)}: not named ${form}, with only ASCII letters, digits and - _ .`,
		fix: isProgram(file) ? moveFix : renameFix,
	};
}

/** For files that share a number because one reverts the other, named in another tool's style. */
export function pairProblems(names: readonly string[]): readonly NameProblem[] {
	const groups = Map.groupBy(names, (name) => `${sequenceNumber(name)} ${withoutDirection(name)}`);
	return Array.from(groups.values())
		.filter((group) => group.length > 1)
		.map((group) => ({
			what: `${group.map((name) => `${name}.sql`).join(' and ')}: by their names, two directions of one migration`,
			fix: pairFix,
		}));
}

const withoutDirection = (name: string) =>
	name.replace(/^\d+_/, '').replace(/[._-](up|do|down|undo|rollback|revert)$/i, '');

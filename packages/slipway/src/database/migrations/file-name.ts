import { sequenceNumber } from './order.ts';
import { printable } from './printable.ts';

/** What a file holds of a migration: with both parts it is alone, otherwise one of a pair. */
export type FileContent = 'both' | 'up' | 'down';

export interface FileName {
	/** The migration's, as the ledger has it: that of a pair is the same as that of one file, as in node-pg-migrate. */
	readonly name: string;
	readonly content: FileContent;
}

/** Reads `<number>_<name>.sql`, `<number>_<name>.up.sql` and `<number>_<name>.down.sql`. */
export function parseFileName(file: string): FileName {
	const stem = file.replace(/\.sql$/, '');
	if (stem.endsWith('.up')) return { name: stem.slice(0, -'.up'.length), content: 'up' };
	if (stem.endsWith('.down')) return { name: stem.slice(0, -'.down'.length), content: 'down' };
	return { name: stem, content: 'both' };
}

/** What is wrong with a name, and the fix. */
export interface NameFault {
	readonly what: string;
	readonly fix: string;
}

const renameFix = 'Rename a migration as scripts/migrate new names it: <UTC time, 17 digits>_<name>.sql';

const pairFix =
	'Give a pair of files one name: <number>_<name>.up.sql and <number>_<name>.down.sql. Only the first is applied.';

/** Undefined for the name of a migration. */
export function fileNameFault(file: string): NameFault | undefined {
	const { name } = parseFileName(file);
	const isNumbered = sequenceNumber(name) !== undefined;
	const isHalf = /\.(up|down|undo|rollback|revert)$/i.test(name);
	if (isNumbered && !isHalf) return undefined;
	if (/^U[\d._]+__/.test(name))
		return { what: `${printable(file)}: a Flyway file that reverts another`, fix: pairFix };
	if (isHalf || /(^|[^a-z])(down|undo|rollback|revert)([^a-z]|$)/i.test(name))
		return { what: `${printable(file)}: named like one of two files that apply and revert`, fix: pairFix };
	return {
		what: `${printable(file)}: not named <number>_<name>.sql, of ASCII letters, digits, - _ .`,
		fix: renameFix,
	};
}

/** Those of two files that share a number because one reverts the other, in the way of another tool. */
export function pairFaults(names: readonly string[]): readonly NameFault[] {
	const groups = Map.groupBy(names, (name) => `${sequenceNumber(name)} ${withoutDirection(name)}`);
	return Array.from(groups.values())
		.filter((group) => group.length > 1)
		.map((group) => ({
			what: `${group.map((name) => `${name}.sql`).join(' and ')}: two directions of one migration, by their names`,
			fix: pairFix,
		}));
}

const withoutDirection = (name: string) =>
	name.replace(/^\d+_/, '').replace(/[._-](up|do|down|undo|rollback|revert)$/i, '');

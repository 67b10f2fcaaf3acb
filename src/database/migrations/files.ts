import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';

/** A migration as it lies on the disk. */
export interface MigrationFile {
	/** The file's name without `.sql`, as the ledger has it. */
	readonly name: string;
	/** The file, in the words of whoever named the directory. */
	readonly path: string;
	/** With LF line ends, so that what reaches the database does not depend on the checkout. */
	readonly text: string;
	/** Of `text`. */
	readonly sha256: string;
}

/**
 * Reads the migrations of a directory in the order in which they are applied. Files that are not `.sql`
 * are left alone. Throws `invalid-migrations` naming every file that cannot be one.
 */
export async function readMigrationFiles(directory: string): Promise<readonly MigrationFile[]> {
	const names = await listMigrations(directory);
	return names.map((name) => readMigrationFile(directory, name));
}

/** The names of the migrations of a directory, in order. */
export async function listMigrations(directory: string): Promise<readonly string[]> {
	const names = (await readDirectory(directory))
		.filter((file) => file.endsWith('.sql') && !file.startsWith('.'))
		.map((file) => file.slice(0, -'.sql'.length))
		.toSorted(compareNames);
	const faults = nameFaults(names);
	if (faults.length > 0)
		throw new SlipwayError(
			'invalid-migrations',
			`${directory} has files that are no migrations:\n${faults.join('\n')}`,
			'Rename them as scripts/migrate new would name them: <UTC time, 17 digits>_<name>.sql',
		);
	return names;
}

/** Sorts by number as node-pg-migrate does; what has none comes first. */
export function compareNames(a: string, b: string): number {
	return (sequenceNumber(a) ?? -1) - (sequenceNumber(b) ?? -1) || (a < b ? -1 : a > b ? 1 : 0);
}

/** The leading number of a migration's name; 17 digits are a UTC time, and stand for its milliseconds. */
export function sequenceNumber(name: string): number | undefined {
	const digits = /^(\d+)_[\w.-]+$/.exec(name)?.[1];
	if (digits === undefined) return undefined;
	if (digits.length !== 17) return Number(digits);
	const milliseconds = Date.parse(
		digits.replace(/^(.{4})(..)(..)(..)(..)(..)(...)$/, '$1-$2-$3T$4:$5:$6.$7Z'),
	);
	return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function nameFaults(names: readonly string[]): string[] {
	return names.flatMap((name, index) => {
		const number = sequenceNumber(name);
		const next = names[index + 1];
		if (number === undefined)
			return [`  ${name}.sql: not named <number>_<name>.sql, of ASCII letters, digits, - _ .`];
		if (next !== undefined && number === sequenceNumber(next))
			return [`  ${name}.sql and ${next}.sql: the same number, so that their order is open`];
		return [];
	});
}

async function readDirectory(directory: string): Promise<string[]> {
	return await readdir(directory).catch((error: NodeJS.ErrnoException) => {
		throw new SlipwayError(
			'no-migrations-directory',
			`the migrations directory ${directory} cannot be read: ${error.message}`,
			'Name the directory with the migrations, or create the first one with scripts/migrate new.',
			{ cause: error },
		);
	});
}

function readMigrationFile(directory: string, name: string): MigrationFile {
	const path = join(directory, `${name}.sql`);
	const text = decode(readBytes(path), path).replaceAll('\r\n', '\n');
	return { name, path, text, sha256: hash('sha256', text) };
}

/** Every server from a snapshot waits for this: to hand small files to other threads takes longer than to read them. */
function readBytes(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (cause) {
		throw new SlipwayError(
			'invalid-migrations',
			`${path} cannot be read: ${(cause as Error).message}`,
			'A migration is a file that you may read: restore it, or remove what is there in its place.',
			{ cause },
		);
	}
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer, path: string): string {
	try {
		return utf8.decode(bytes);
	} catch (cause) {
		throw new SlipwayError('invalid-migrations', `${path} is not UTF-8 text`, 'Save it as UTF-8.', { cause });
	}
}

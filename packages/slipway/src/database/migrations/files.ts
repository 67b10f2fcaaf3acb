import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { compareNames, sequenceNumber } from './order.ts';
import { printable } from './printable.ts';
import { refuseSameNumbers } from './same-number.ts';

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
 * are left alone. Throws `invalid-migrations` naming every file that cannot be one, and `same-number` where the order
 * of two is open.
 */
export async function readMigrationFiles(directory: string): Promise<readonly MigrationFile[]> {
	return readFiles(directory, await listMigrations(directory));
}

/** The same where the order of some is open: two branches may have given the same number. */
export async function readUnorderedFiles(directory: string): Promise<readonly MigrationFile[]> {
	return readFiles(directory, await listUnordered(directory));
}

/** The names of the migrations of a directory, in order. */
export async function listMigrations(directory: string): Promise<readonly string[]> {
	const names = await listUnordered(directory);
	await refuseSameNumbers(directory, names);
	return names;
}

async function listUnordered(directory: string): Promise<readonly string[]> {
	const names = (await readDirectory(directory))
		.filter((file) => file.endsWith('.sql') && !file.startsWith('.'))
		.map((file) => file.slice(0, -'.sql'.length))
		.toSorted(compareNames);
	const faults = names.filter((name) => sequenceNumber(name) === undefined);
	if (faults.length > 0)
		throw new SlipwayError(
			'invalid-migrations',
			[
				`${directory} has files that are no migrations:`,
				...faults.map(
					(name) =>
						`  ${printable(name)}.sql: not named <number>_<name>.sql, of ASCII letters, digits, - _ .`,
				),
			].join('\n'),
			'Rename them as scripts/migrate new would name them: <UTC time, 17 digits>_<name>.sql',
		);
	return names;
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

function readFiles(directory: string, names: readonly string[]): readonly MigrationFile[] {
	return names.map((name) => readMigrationFile(directory, name));
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

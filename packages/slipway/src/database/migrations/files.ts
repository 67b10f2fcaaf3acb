import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import type { SqlFile } from '../sql-file.ts';
import { type ListedMigration, readMigrationFolder } from './folder.ts';
import { refuseSameNumbers } from './same-number.ts';

/** A migration as it lies on the disk: its file or, of a pair, the one that applies it. Texts have LF line ends, so that what reaches the database does not depend on the checkout. */
export interface MigrationFile extends SqlFile {
	/** The file's name without `.sql` and `.up.sql`, as the ledger has it. */
	readonly name: string;
	/** Of a pair, the file that reverts it. */
	readonly down?: SqlFile;
	/** Of its texts. */
	readonly sha256: string;
}

/**
 * Reads the migrations of a directory in the order in which they are applied. Throws `invalid-migrations` naming every
 * file that cannot be one, and `same-number` where the order of two is open.
 */
export async function readMigrationFiles(directory: string): Promise<readonly MigrationFile[]> {
	const migrations = await listUnordered(directory);
	await refuseSameNumbers(directory, migrations.map(nameOf));
	return readFiles(directory, migrations);
}

/** The same where the order of some is open: two branches may have given the same number. */
export async function readUnorderedFiles(directory: string): Promise<readonly MigrationFile[]> {
	return readFiles(directory, await listUnordered(directory));
}

/** The names of the migrations of a directory, in order. */
export async function listMigrations(directory: string): Promise<readonly string[]> {
	const names = (await listUnordered(directory)).map(nameOf);
	await refuseSameNumbers(directory, names);
	return names;
}

/** What is in a directory of migrations and is never read, such as another tool's records. */
export async function listUnread(directory: string): Promise<readonly string[]> {
	return (await readMigrationFolder(directory)).unread;
}

const nameOf = ({ name }: ListedMigration) => name;

async function listUnordered(directory: string): Promise<readonly ListedMigration[]> {
	return (await readMigrationFolder(directory)).migrations;
}

function readFiles(directory: string, migrations: readonly ListedMigration[]): readonly MigrationFile[] {
	return migrations.map(({ name, file, downFile }) => {
		const up = readSqlFile(join(directory, file));
		if (downFile === undefined) return { name, ...up, sha256: hash('sha256', up.text) };
		const down = readSqlFile(join(directory, downFile));
		return { name, ...up, down, sha256: hash('sha256', `${up.text}\0${down.text}`) };
	});
}

function readSqlFile(path: string): SqlFile {
	return { path, text: decode(readBytes(path), path).replaceAll('\r\n', '\n') };
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

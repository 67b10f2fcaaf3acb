import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import type { SqlFile } from '../sql-file.ts';
import { isProgram } from './file-name.ts';
import { type ListedMigration, readMigrationFolder } from './folder.ts';
import { refuseSameNumbers } from './same-number.ts';

/**
 * A migration as it is on disk: its file or, of a pair, the one that applies it. Line ends are converted to
 * LF, so that what reaches the database does not depend on the checkout.
 */
export interface MigrationFile extends SqlFile {
	/** The file's name without `.sql` or `.up.sql`, as in the ledger. */
	readonly name: string;
	/** Of a pair, the file that reverts it. */
	readonly down?: SqlFile;
	/** The hash of its text, or of both texts of a pair. */
	readonly sha256: string;
}

/**
 * Reads the migrations in a directory, in the order in which they are applied. Throws `invalid-migrations`
 * naming every invalid file, and `same-number` if the order of two is ambiguous.
 */
export async function readMigrationFiles(directory: string): Promise<readonly MigrationFile[]> {
	const migrations = await listUnordered(directory);
	await refuseAmbiguousOrder(directory, migrations);
	return readFiles(directory, migrations);
}

/** The same, but allows several with one number, which two branches may have added. */
export async function readUnorderedFiles(directory: string): Promise<readonly MigrationFile[]> {
	return readFiles(directory, await listUnordered(directory));
}

/** The names of the migrations in a directory, in order. */
export async function listMigrations(directory: string): Promise<readonly string[]> {
	const migrations = await listUnordered(directory);
	await refuseAmbiguousOrder(directory, migrations);
	return migrations.map(nameOf);
}

/**
 * Programs of one number are in the order of their names, as in node-pg-migrate: there, they may be applied in
 * production already.
 */
async function refuseAmbiguousOrder(
	directory: string,
	migrations: readonly ListedMigration[],
): Promise<void> {
	await refuseSameNumbers(directory, migrations.filter(({ file }) => !isProgram(file)).map(nameOf));
}

/** The files in a directory of migrations that are ignored, such as another tool's metadata. */
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

/** Throws `invalid-migrations` if it cannot be read or is not UTF-8. */
export function readSqlFile(path: string): SqlFile {
	return { path, text: decode(readBytes(path), path).replaceAll('\r\n', '\n') };
}

/**
 * Synchronous, because starting a server from a snapshot waits for this, and the thread pool is slower for
 * small files.
 */
function readBytes(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (cause) {
		throw new SlipwayError(
			'invalid-migrations',
			`${path} cannot be read: ${(cause as Error).message}`,
			'A migration has to be a readable file: restore it, or remove what is there instead.',
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

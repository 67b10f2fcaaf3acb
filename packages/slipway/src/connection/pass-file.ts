import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomically } from '../files.ts';
import type { Connection } from './details.ts';

/**
 * Writes the password of `connection` to a file for psql and other clients of libpq, which read it if PGPASSFILE names it
 * (PostgreSQL's documentation, "The Password File"). No password has to be typed, shown or put on a command line. The
 * file is never readable by other users; libpq ignores one that is.
 */
export function writePassFile(file: string, connection: Connection): void {
	const { host, port, database, username, password } = connection;
	const line = [host, String(port), database, username, password].map(escapeField).join(':');
	mkdirSync(dirname(file), { recursive: true });
	writeAtomically(file, `${line}\n`);
}

/** A command line that opens psql on `connection` without asking for the password. */
export function psqlCommand(file: string, { host, port, database, username }: Connection): string {
	const options = ['-h', host, '-p', String(port), '-U', username, '-d', database].map(quoteForShell);
	return `PGPASSFILE=${quoteForShell(file)} psql ${options.join(' ')}`;
}

const escapeField = (field: string) => field.replaceAll(/[\\:]/g, '\\$&');

/** A word as a shell reads it back. */
export const quoteForShell = (word: string) =>
	/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

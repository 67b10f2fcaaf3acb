import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Connection } from '../connection/index.ts';

/**
 * Writes the passwords of `connections` to a file that psql and libpq's other clients read when PGPASSFILE names it,
 * so that no password has to be typed, shown or put on a command line (PostgreSQL's documentation, "The Password File").
 */
export function writePassFile(file: string, connections: readonly Connection[]): void {
	const lines = connections.map(({ host, port, database, username, password }) =>
		[host, String(port), database, username, password].map(escapeField).join(':'),
	);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
	chmodSync(file, 0o600); // libpq ignores a file that others may read, which an older one may be.
}

/** A command line that opens psql on `connection` without asking for the password. */
export function psqlCommand(file: string, { host, port, database, username }: Connection): string {
	const options = ['-h', host, '-p', String(port), '-U', username, '-d', database].map(quoteForShell);
	return `PGPASSFILE=${quoteForShell(file)} psql ${options.join(' ')}`;
}

const escapeField = (field: string) => field.replaceAll(/[\\:]/g, '\\$&');

const quoteForShell = (word: string) =>
	/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

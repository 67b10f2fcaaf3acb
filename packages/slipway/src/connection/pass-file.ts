import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeAtomically } from '../files.ts';
import { addressesOf, type Connection } from './details.ts';

/**
 * Writes the password of `connection` to a file for psql and other clients of libpq, which read it if PGPASSFILE names it
 * (PostgreSQL's documentation, "The Password File"). No password has to be typed, shown or put on a command line. The
 * file is never readable by other users; libpq ignores one that is.
 */
export function writePassFile(file: string, connection: Connection): void {
	const { database, username, password } = connection;
	const lines = addressesOf(connection).map(({ host, port }) =>
		[host, String(port), database, username, password].map(escapeField).join(':'),
	);
	mkdirSync(dirname(file), { recursive: true });
	writeAtomically(file, `${lines.join('\n')}\n`);
}

/** A command line that opens psql on `connection` without asking for the password. */
export function psqlCommand(file: string, connection: Connection): string {
	const { choice, database, username } = connection;
	const [hosts, ports] = (['host', 'port'] as const).map((part) =>
		addressesOf(connection)
			.map((address) => address[part])
			.join(),
	) as [string, string];
	const options = ['-h', hosts, '-p', ports, '-U', username, '-d', database].map(quoteForShell);
	const target = choice === undefined ? '' : `PGTARGETSESSIONATTRS=${choice.target} `;
	return `PGPASSFILE=${quoteForShell(file)} ${target}psql ${options.join(' ')}`;
}

const escapeField = (field: string) => field.replaceAll(/[\\:]/g, '\\$&');

/** A word as a shell reads it back. */
export const quoteForShell = (word: string) =>
	/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

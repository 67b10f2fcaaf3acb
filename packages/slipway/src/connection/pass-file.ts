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
	const { choice, tlsFiles, sslMode, database, username } = connection;
	const addresses = addressesOf(connection);
	const variables = Object.entries({
		PGPASSFILE: file,
		PGTARGETSESSIONATTRS: choice?.target,
		PGSSLMODE: tlsFiles && sslMode,
		PGSSLROOTCERT: tlsFiles?.rootCert,
		PGSSLCERT: tlsFiles?.cert,
		PGSSLKEY: tlsFiles?.key,
	}).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${quoteForShell(value)}`]));
	const hosts = addresses.map(({ host }) => host).join();
	const ports = addresses.map(({ port }) => port).join();
	const options = ['-h', hosts, '-p', ports, '-U', username, '-d', database].map(quoteForShell);
	return [...variables, 'psql', ...options].join(' ');
}

const escapeField = (field: string) => field.replaceAll(/[\\:]/g, '\\$&');

/** A word as a shell reads it back. */
export const quoteForShell = (word: string) =>
	/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { psqlCommand, writePassFile } from '../../src/connection/pass-file.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const app = {
	host: '127.0.0.1',
	port: 5432,
	sslMode: 'disable',
	username: 'app:user',
	password: 'a\\b:c',
	database: 'app',
} as const;

test('the file contains the login, readable by its owner only, and replaces an older file', () => {
	const folder = temporaryDirectory();
	const file = join(folder, 'pgpass');
	writeFileSync(file, 'old');
	chmodSync(file, 0o644);
	writePassFile(file, app);
	expect(readFileSync(file, 'utf8')).toBe('127.0.0.1:5432:app:app\\:user:a\\\\b\\:c\n');
	expect(statSync(file).mode & 0o777).toBe(0o600);
	expect(readdirSync(folder)).toEqual(['pgpass']);
});

test('with several hosts, there is a line for each, and the command names the one to use', () => {
	const file = join(temporaryDirectory(), 'pgpass');
	const hosts = [
		{ host: 'h1', port: 5432 },
		{ host: '::1', port: 6002 },
	];
	const several = { ...app, ...hosts[0], choice: { hosts, target: 'read-write' } } as const;
	writePassFile(file, several);
	const login = 'app:app\\:user:a\\\\b\\:c';
	expect(readFileSync(file, 'utf8')).toBe(`h1:5432:${login}\n\\:\\:1:6002:${login}\n`);
	const secured = { ...several, sslMode: 'verify-full', tlsFiles: { rootCert: '/ca.crt' } } as const;
	expect(psqlCommand(file, secured)).toBe(
		`PGPASSFILE=${file} PGTARGETSESSIONATTRS=read-write PGSSLMODE=verify-full PGSSLROOTCERT=/ca.crt ` +
			'psql -h h1,::1 -p 5432,6002 -U app:user -d app',
	);
});

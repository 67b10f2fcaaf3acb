import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { toLogin } from '../../src/connection/index.ts';
import { appConnection, appVariables, parseSettings } from '../../src/settings/index.ts';
import { createAuthority } from '../helpers/certificates.ts';
import { makeDirectory } from '../helpers/temporary-directory.ts';
import { errorsOf } from './errors-of.ts';

const folder = makeDirectory();
afterAll(() => folder[Symbol.dispose]());
const authority = createAuthority(folder.path);
const { cert, key } = authority.issue('app_user');
const { rootCert } = authority;
const encrypted = { DB_HOST: 'db', DB_SSLMODE: 'verify-full' };

test('certificates are read from DATABASE_URL or variables, and passed on to programs', () => {
	const parameters = new URLSearchParams({
		sslmode: 'verify-full',
		sslrootcert: rootCert,
		sslcert: cert,
		sslkey: key,
	});
	const app = appConnection(parseSettings({ DATABASE_URL: `postgres://db?${parameters}` }));
	expect(app.tlsFiles).toEqual({ rootCert, cert, key });
	const variables = { ...encrypted, DB_SSLROOTCERT: rootCert, DB_SSLCERT: cert, DB_SSLKEY: key };
	expect(appConnection(parseSettings(variables))).toEqual(app);
	const { env } = toLogin(app);
	expect(env).toMatchObject({ PGSSLROOTCERT: rootCert, PGSSLCERT: cert, PGSSLKEY: key });
	const { DATABASE_URL } = env;
	expect(appConnection(parseSettings({ ...appVariables(app), DATABASE_URL }))).toEqual(app);
});

const write = (name: string, text: string, mode = 0o600) => {
	const path = join(folder.path, name);
	writeFileSync(path, text);
	chmodSync(path, mode);
	return path;
};
const expired = authority.issue('app_user', { now: new Date('2001-01-01') });
const future = authority.issue('app_user', { now: new Date('2040-01-03') });
const open = authority.issue('app_user');
chmodSync(open.key, 0o604);
const noPem = write('no.pem', 'no PEM');

test.each([
	['a certificate without its key', { DB_SSLCERT: cert }, 'needs DB_SSLKEY or sslkey as well'],
	['a key without its certificate', { DB_SSLKEY: key }, 'needs DB_SSLCERT or sslcert as well'],
	['an expired certificate', pair(expired), 'has expired: it was valid until 2005-12-30'],
	['a certificate of the future', pair(future), 'is not valid yet: it is valid from 2040-01-02'],
	['a key that others may read', pair(open), 'can be read by other users'],
	['a key of another certificate', pair({ cert, key: expired.key }), 'does not belong to the certificate in'],
	['a file that is no key', pair({ cert, key: noPem }), 'contains no private key in PEM'],
	['a file that is no certificate', { DB_SSLROOTCERT: noPem }, 'contains no certificate in PEM'],
	['a missing file', { DB_SSLROOTCERT: '/nowhere' }, 'cannot be read: no such file or directory'],
	[
		'an authority without encryption',
		{ DB_SSLMODE: '', DB_SSLROOTCERT: rootCert },
		'has no effect without encryption',
	],
])('%s is refused', (_, variables, what) => {
	expect(errorsOf({ ...encrypted, ...variables })).toEqual([expect.stringContaining(what)]);
});

test('they are for the servers whose connections are encrypted', () => {
	const files = { DB_HOST: 'db', DB_SSLROOTCERT: rootCert };
	const { endpoint, migratorEndpoint } = parseSettings({ ...files, DB_MIGRATOR_SSLMODE: 'verify-full' });
	expect(endpoint).toEqual({ host: 'db', port: 5432, sslMode: 'disable' });
	expect(migratorEndpoint).toMatchObject({ sslMode: 'verify-full', tlsFiles: { rootCert } });
	const { readEndpoint } = parseSettings({ ...files, DB_READ_URL: 'postgres://r1?sslmode=verify-full' });
	expect(readEndpoint).toMatchObject({ sslMode: 'verify-full', tlsFiles: { rootCert } });
});

test.each([
	['disable', 'verify-full', []],
	['verify-full', 'require', ['needs sslmode=verify-full']],
	['disable', 'disable', ['needs sslmode=verify-full']],
])('the authorities of Node, with %s for the app and %s for the migrator', (app, migrator, problems) => {
	const modes = { DB_SSLMODE: app, DB_MIGRATOR_SSLMODE: migrator };
	expect(errorsOf({ DB_HOST: 'db', ...modes, DB_SSLROOTCERT: 'system' })).toEqual(
		problems.map((problem) => expect.stringContaining(problem)),
	);
});

function pair(files: { readonly cert: string; readonly key: string }) {
	return { DB_SSLCERT: files.cert, DB_SSLKEY: files.key };
}

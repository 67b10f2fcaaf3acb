import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
	type Connection,
	explainConnectionError,
	type TlsFiles,
	withClient,
} from '../../src/connection/index.ts';
import { createPgClient } from '../../src/pg.ts';
import { type PreparedServer, startPostgres } from '../../src/start-postgres.ts';
import { createAuthority, type IssuedFiles, type TestAuthority } from '../helpers/certificates.ts';
import { makeDirectory } from '../helpers/temporary-directory.ts';

const folder = makeDirectory();
const authority: TestAuthority = createAuthority(folder.path);
const otherAuthority = createAuthority(folder.path, 'other');
let server: PreparedServer;
let client: IssuedFiles;
beforeAll(async () => {
	const own = authority.issue('localhost', { hosts: ['localhost'] });
	const hba = join(folder.path, 'pg_hba.conf');
	writeFileSync(
		hba,
		'hostssl all app_user all scram-sha-256 clientcert=verify-full\nhost all all all scram-sha-256\n',
	);
	server = await startPostgres({
		provider: 'embedded',
		migrations: false,
		settings: {
			ssl: 'on',
			ssl_cert_file: own.cert,
			ssl_key_file: own.key,
			ssl_ca_file: authority.rootCert,
			hba_file: hba,
		},
	});
	client = authority.issue(server.app.username);
});
afterAll(async () => {
	await server[Symbol.asyncDispose]();
	folder[Symbol.dispose]();
});

test('a login can be given up while the server hangs during the handshake', async () => {
	const givingUp = new AbortController();
	const hanging = createServer((socket) => {
		socket.on('error', () => {});
		socket.once('data', () => socket.write('S', () => socket.once('data', () => givingUp.abort())));
	}).listen(0, '127.0.0.1');
	await once(hanging, 'listening');
	onTestFinished(() => void hanging.close());
	const { port } = hanging.address() as AddressInfo;
	const login: Connection = { ...server.admin, port, sslMode: 'require' };
	await expect(
		withClient(login, async () => {}, { connectTimeout: 3600, signal: givingUp.signal }),
	).rejects.toMatchObject({ name: 'AbortError' });
});

/** Whether the session is encrypted, with the client of commands. */
const logIn = (connection: Connection) =>
	withClient(connection, async (sql) => {
		const [row] = await sql`SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`;
		return row?.ssl;
	});

/** The same with the client of migrations. */
async function logInWithPg(connection: Connection): Promise<unknown> {
	const pg = createPgClient(connection, 'test');
	await pg.connect().catch((error: unknown) => {
		throw explainConnectionError(error, connection);
	});
	const { rows } = await pg.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
	await pg.end();
	return rows[0].ssl;
}

describe.each([
	['postgres.js', logIn],
	['pg', logInWithPg],
])('%s', (_, use) => {
	const as = (
		login: Connection,
		sslMode: Connection['sslMode'],
		tlsFiles: TlsFiles = {},
		host = 'localhost',
	) => use({ ...login, host, sslMode, tlsFiles });

	test('logs in with a certificate where the server wants one', async () => {
		expect(await as(server.app, 'require', client)).toBe(true);
		await expect(as(server.app, 'require')).rejects.toMatchObject({
			code: 'login-refused',
			message: expect.stringContaining('client certificate'),
		});
		const foreign = otherAuthority.issue(server.app.username);
		// In TLS 1.3 the server refuses it after the handshake, and may close the connection before its reason arrives.
		await expect(as(server.app, 'require', foreign)).rejects.toMatchObject({
			code: expect.stringMatching(/^(tls-failed|connection-closed)$/),
		});
	});

	test('refuses a server whose authority is another one, also with require', async () => {
		for (const mode of ['require', 'verify-ca', 'verify-full'] as const) {
			expect(await as(server.admin, mode, { rootCert: authority.rootCert })).toBe(true);
			await expect(as(server.admin, mode, { rootCert: otherAuthority.rootCert })).rejects.toMatchObject({
				code: 'tls-failed',
			});
		}
		await expect(as(server.admin, 'verify-ca')).rejects.toMatchObject({ code: 'tls-failed' });
	});

	test.each(['127.0.0.1', '127.1'])(
		'refuses a certificate that is not for the host %s with verify-full only',
		async (host) => {
			const files = { rootCert: authority.rootCert };
			expect(await as(server.admin, 'verify-ca', files, host)).toBe(true);
			await expect(as(server.admin, 'verify-full', files, host)).rejects.toMatchObject({
				code: 'tls-failed',
			});
		},
	);

	test('refuses every server while the file of the authority is missing', async () => {
		const files = { rootCert: join(folder.path, 'missing') };
		await expect(as(server.admin, 'require', files)).rejects.toMatchObject({ code: 'tls-failed' });
	});
});

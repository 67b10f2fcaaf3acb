import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { createCertificate } from '../../src/postgres/certificate/create.ts';
import { ensureCertificate } from '../../src/postgres/certificate/index.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

/** Resolves with undefined when a client that trusts `ca` accepts the server under this name. */
async function refusal(ca: string, { certificate, key }: { certificate: string; key: string }, name: string) {
	const server = createServer({ cert: certificate, key }, (socket) => socket.end()).listen(0, '127.0.0.1');
	onTestFinished(() => void server.close());
	server.on('tlsClientError', () => {});
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const socket = connect({ host: '127.0.0.1', port, ca, ...(/^\d/.test(name) ? {} : { servername: name }) });
	try {
		await once(socket, 'secureConnect');
		return undefined;
	} catch (error) {
		return (error as { code?: string }).code;
	} finally {
		socket.destroy();
	}
}

test('clients that trust the authority accept the server under the names of this machine only', async () => {
	const { authority, ...server } = createCertificate();
	expect(await refusal(authority, server, '127.0.0.1')).toBeUndefined();
	expect(await refusal(authority, server, 'localhost')).toBeUndefined();
	expect(await refusal(authority, server, 'db.example.com')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
	expect(await refusal(createCertificate().authority, server, 'localhost')).toMatch(/UNABLE|SELF_SIGNED/);
});

test('the authority is one, and the server is not', () => {
	const { authority, certificate } = createCertificate();
	const [root, leaf] = [new X509Certificate(authority), new X509Certificate(certificate)];
	expect([root.ca, leaf.ca]).toEqual([true, false]);
	expect(leaf.verify(root.publicKey) && leaf.checkIssued(root)).toBe(true);
	expect(leaf.checkIP('::1')).toBe('::1');
});

test('a project keeps its certificate until a month before it expires', () => {
	const folder = join(temporaryDirectory(), 'certificate');
	const first = ensureCertificate(folder);
	expect(ensureCertificate(folder)).toEqual(first);
	expect(statSync(join(folder, 'server.key')).mode & 0o777).toBe(0o600);
	const old = createCertificate(new Date(Date.now() - 1800 * 24 * 60 * 60 * 1000));
	writeFileSync(join(folder, 'server.crt'), old.certificate);
	const renewed = ensureCertificate(folder);
	expect(renewed.authority).not.toBe(first.authority);
	expect(readFileSync(renewed.authorityFile, 'utf8')).toBe(renewed.authority);
	expect(readdirSync(join(folder, '..'))).toEqual(['certificate']);
});

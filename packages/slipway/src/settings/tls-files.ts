import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TlsFiles } from '../connection/index.ts';
import type { Problem } from './checks.ts';
import type { UrlParts } from './database-url.ts';
import type { Given, VariableReader } from './reader.ts';
import { readTextFile } from './text-file.ts';
import { readText } from './values.ts';

/**
 * Reads and checks the files for TLS, so that a wrong one is found before a server refuses the connection. `sslModes` are
 * those of all servers.
 */
export function readTlsFiles(
	reader: VariableReader,
	url: UrlParts,
	sslModes: readonly Given[],
): TlsFiles | undefined {
	const encrypted = sslModes.filter(({ value }) => value !== 'disable');
	const read = (variable: string, part?: Given) => {
		const given = readText(reader, variable, '', () => undefined, part);
		return given.valid && given.value !== '' ? given : undefined;
	};
	const root = withoutSystem(reader, read('DB_SSLROOTCERT', url.sslrootcert), encrypted);
	const cert = read('DB_SSLCERT', url.sslcert);
	const key = read('DB_SSLKEY', url.sslkey);
	const given = [root, cert, key].filter((each) => each !== undefined);
	if (given.length === 0) return undefined;
	if (encrypted.length === 0) for (const each of given) reader.report(each, unused);
	if (root !== undefined) readCertificate(reader, root);
	if (cert !== undefined && key === undefined) reader.report(cert, missing('DB_SSLKEY or sslkey'));
	if (key !== undefined && cert === undefined) reader.report(key, missing('DB_SSLCERT or sslcert'));
	if (cert !== undefined && key !== undefined) checkPair(reader, cert, key);
	const pathOf = (each: Given | undefined) => each && resolve(each.value);
	return Object.fromEntries(
		Object.entries({ rootCert: pathOf(root), cert: pathOf(cert), key: pathOf(key) }).filter(
			([, path]) => path !== undefined,
		),
	);
}

/** `system` stands for the authorities that Node trusts. */
function withoutSystem(
	reader: VariableReader,
	root: Given | undefined,
	encrypted: readonly Given[],
): Given | undefined {
	if (root?.value !== 'system') return root;
	const isWeak = ({ value, valid }: Given) => valid && value !== 'verify-full';
	if (encrypted.length === 0 || encrypted.some(isWeak)) reader.report(root, needsVerification);
	return undefined;
}

function checkPair(reader: VariableReader, cert: Given, key: Given): void {
	const certificate = readCertificate(reader, cert);
	if (certificate !== undefined) reportTime(reader, cert, certificate);
	const privateKey = readKey(reader, key);
	if (certificate === undefined || privateKey === undefined) return;
	if (!certificate.checkPrivateKey(privateKey)) reader.report(key, otherKey(cert));
}

function readCertificate(reader: VariableReader, path: Given): X509Certificate | undefined {
	const text = readPem(reader, path);
	try {
		return text === undefined ? undefined : new X509Certificate(text);
	} catch {
		reader.report(path, noCertificate);
		return undefined;
	}
}

function reportTime(
	reader: VariableReader,
	path: Given,
	{ validFromDate, validToDate }: X509Certificate,
): void {
	const now = new Date();
	if (validToDate < now) reader.report(path, expired(validToDate));
	if (validFromDate > now) reader.report(path, notYetValid(validFromDate));
}

function readKey(reader: VariableReader, path: Given): KeyObject | undefined {
	const text = readPem(reader, path);
	if (text === undefined) return undefined;
	if (isOpen(path.value)) reader.report(path, openKey);
	try {
		return createPrivateKey(text);
	} catch {
		reader.report(path, noKey);
		return undefined;
	}
}

function readPem(reader: VariableReader, path: Given): string | undefined {
	const file = readTextFile(path.value);
	if ('text' in file) return file.text;
	reader.report(path, {
		what: `cannot be read: ${file.reason}`,
		fix: 'Name a file in PEM that this user has permission to read.',
	});
	return undefined;
}

/** libpq's rule: nobody else may read a key, except that root may own one that the group reads. */
function isOpen(path: string): boolean {
	const { mode, uid } = statSync(path);
	return (mode & (uid === 0 ? 0o037 : 0o077)) !== 0;
}

const unused: Problem = {
	what: 'has no effect without encryption',
	fix: 'Set sslmode (DB_SSLMODE) to require, verify-ca or verify-full.',
};
const needsVerification: Problem = {
	what: 'needs sslmode=verify-full',
	fix: 'Set sslmode=verify-full, or name the file of a certificate authority.',
};
const missing = (other: string): Problem => ({
	what: `needs ${other} as well`,
	fix: 'Set both: a client logs in with a certificate and its key.',
});
const noCertificate: Problem = {
	what: 'contains no certificate in PEM',
	fix: 'Name the file that begins with -----BEGIN CERTIFICATE-----.',
};
const noKey: Problem = {
	what: 'contains no private key in PEM, or one with a passphrase',
	fix: 'Name the file with the key; openssl pkey -in KEY -out NEW removes a passphrase.',
};
const openKey: Problem = {
	what: 'can be read by other users',
	fix: 'Take their rights away: chmod 600, or 640 if root owns the file.',
};
const otherKey = ({ label }: Given): Problem => ({
	what: `does not belong to the certificate in ${label}`,
	fix: 'Name the key that the certificate was issued for.',
});
const dayOf = (date: Date) => date.toISOString().slice(0, 10);
const expired = (date: Date): Problem => ({
	what: `has expired: it was valid until ${dayOf(date)}`,
	fix: 'Renew the certificate.',
});
const notYetValid = (date: Date): Problem => ({
	what: `is not valid yet: it is valid from ${dayOf(date)}`,
	fix: "Wait, or correct this machine's clock.",
});

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
	bits,
	boolean,
	integer,
	numbered,
	numberedValue,
	objectId,
	octets,
	sequence,
	set,
	time,
	utf8,
} from './der.ts';

/** A server's certificate and its authority, in PEM. */
export interface Certificate {
	/** The authority's own certificate, which clients trust. Its key is not kept, so it signs nothing else. */
	readonly authority: string;
	readonly certificate: string;
	readonly key: string;
}

const day = 24 * 60 * 60 * 1000;
const validDays = 5 * 365;

/**
 * Creates an authority and a certificate signed by it for servers on this machine. Node has no function for
 * that, and the libraries that have one consist of a dozen packages. An authority of its own, because some
 * clients (Go's, Rust's) trust no certificate that signed itself as a server's.
 */
export function createCertificate(now: Date = new Date()): Certificate {
	const [authority, server] = [newKeys(), newKeys()];
	const issuer = { name: 'Slipway', keys: authority };
	return {
		authority: toPem('CERTIFICATE', signed(issuer, issuer, authorityExtensions(authority.publicKey), now)),
		certificate: toPem(
			'CERTIFICATE',
			signed({ name: 'localhost', keys: server }, issuer, serverExtensions(authority.publicKey), now),
		),
		key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
	};
}

export interface Keys {
	readonly publicKey: KeyObject;
	readonly privateKey: KeyObject;
}

export interface Party {
	readonly name: string;
	readonly keys: Keys;
}

export const newKeys = (): Keys => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A certificate by RFC 5280, section 4.1. */
export function signed(subject: Party, issuer: Party, extensions: readonly Buffer[], now: Date): Buffer {
	const start = now.getTime() - day; // Clocks differ, such as those of a virtual machine.
	const content = sequence(
		numbered(0, integer(Buffer.of(2))), // version 3
		integer(Buffer.concat([Buffer.of(1), randomBytes(15)])), // serial number
		ecdsaWithSha256,
		distinguishedName(issuer.name),
		sequence(time(new Date(start)), time(new Date(start + validDays * day))),
		distinguishedName(subject.name),
		exported(subject.keys.publicKey),
		numbered(3, sequence(...extensions)),
	);
	const signature = sign('sha256', content, issuer.keys.privateKey);
	return sequence(content, ecdsaWithSha256, bits(signature));
}

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));
const distinguishedName = (commonName: string) =>
	sequence(set(sequence(objectId('2.5.4.3'), utf8(commonName))));
const exported = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
const keyId = (key: KeyObject) => createHash('sha1').update(exported(key)).digest();

const extension = (id: string, content: Buffer, critical = false) =>
	sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(content));

/** RFC 5280, section 4.2.1. */
export const authorityExtensions = (key: KeyObject) => [
	extension('2.5.29.19', sequence(boolean(true)), true), // it is an authority
	extension('2.5.29.15', bits(Buffer.of(0b0000_0110), 1), true), // it signs certificates
	extension('2.5.29.14', octets(keyId(key))),
];

const serverExtensions = (authority: KeyObject) => [
	extension('2.5.29.19', sequence(), true), // it is no authority
	extension('2.5.29.15', bits(Buffer.of(0b1000_0000), 7), true), // it signs handshakes
	extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.1'))), // as a server
	extension('2.5.29.35', sequence(numberedValue(0, keyId(authority)))),
	extension('2.5.29.17', sequence(...alternativeNames)),
];

/** Where clients find the server: on this machine, or from a container on that of the engine. */
const alternativeNames = [
	numberedValue(2, Buffer.from('localhost')),
	numberedValue(2, Buffer.from('host.docker.internal')),
	numberedValue(7, Buffer.of(127, 0, 0, 1)),
	numberedValue(7, Buffer.concat([Buffer.alloc(15), Buffer.of(1)])), // ::1
];

export function toPem(label: string, der: Buffer): string {
	const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
	return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

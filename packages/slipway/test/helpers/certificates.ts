import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	authorityExtensions,
	newKeys,
	type Party,
	signed,
	toPem,
} from '../../src/postgres/certificate/create.ts';
import { numberedValue, objectId, octets, sequence } from '../../src/postgres/certificate/der.ts';

export interface IssueOptions {
	/** The DNS names that it is valid for. Default: none, as for a client. */
	readonly hosts?: readonly string[];
	/** When it was issued. It expires five years later. */
	readonly now?: Date;
}

/** Paths of files in PEM. */
export interface IssuedFiles {
	readonly cert: string;
	readonly key: string;
}

export interface TestAuthority {
	/** The path of its own certificate. */
	readonly rootCert: string;
	issue(name: string, options?: IssueOptions): IssuedFiles;
}

/** An authority that writes the certificates which it issues to `folder`. */
export function createAuthority(folder: string, name = 'authority'): TestAuthority {
	const write = (file: string, text: string | Buffer) => {
		const path = join(folder, file);
		writeFileSync(path, text, { mode: 0o600 });
		return path;
	};
	const authority: Party = { name, keys: newKeys() };
	const own = signed(authority, authority, authorityExtensions(authority.keys.publicKey), new Date());
	let issued = 0;
	return {
		rootCert: write(`${name}.crt`, toPem('CERTIFICATE', own)),
		issue: (subject, { hosts = [], now = new Date() } = {}) => {
			issued += 1;
			const keys = newKeys();
			const certificate = signed({ name: subject, keys }, authority, alternativeNames(hosts), now);
			return {
				cert: write(`${name}-${issued}.crt`, toPem('CERTIFICATE', certificate)),
				key: write(`${name}-${issued}.key`, keys.privateKey.export({ type: 'pkcs8', format: 'pem' })),
			};
		},
	};
}

function alternativeNames(hosts: readonly string[]): Buffer[] {
	if (hosts.length === 0) return [];
	const names = sequence(...hosts.map((host) => numberedValue(2, Buffer.from(host))));
	return [sequence(objectId('2.5.29.17'), octets(names))];
}

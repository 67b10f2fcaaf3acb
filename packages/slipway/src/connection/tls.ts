import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import type { Endpoint } from './details.ts';

/** The options of Node's TLS for a connection; false for one that is not encrypted. */
export function tlsOptions({ sslMode, tlsFiles = {} }: Endpoint): ConnectionOptions | false {
	if (sslMode === 'disable') return false;
	const { rootCert, cert, key } = tlsFiles;
	return {
		...(rootCert !== undefined && { ca: read(rootCert) }),
		...(cert !== undefined && key !== undefined && { cert: read(cert), key: read(key) }),
		// As in libpq, an authority is never ignored.
		rejectUnauthorized: sslMode !== 'require' || rootCert !== undefined,
		...(sslMode !== 'verify-full' && { checkServerIdentity: () => undefined }),
	};
}

/** The settings have checked the file. One that is being renewed fails this login, and the next one reads it again. */
function read(file: string): string[] {
	try {
		return [readFileSync(file, 'utf8')];
	} catch {
		return [];
	}
}

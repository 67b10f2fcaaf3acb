import { chownSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureCertificate } from '../certificate/index.ts';
import type { ServerSettings } from '../server-settings.ts';
import type { Launch } from './user.ts';

export interface InstalledCertificate {
	readonly authorityFile: string;
	readonly settings: ServerSettings;
}

/**
 * Writes the certificate to the folder of a server: PostgreSQL refuses a key that another user owns or may
 * read.
 */
export function installCertificate(folder: string, { owner }: Launch): InstalledCertificate {
	const { certificate, key, authorityFile } = ensureCertificate();
	const files = { ssl_cert_file: join(folder, 'server.crt'), ssl_key_file: join(folder, 'server.key') };
	for (const [file, text] of [
		[files.ssl_cert_file, certificate],
		[files.ssl_key_file, key],
	] as const) {
		rmSync(file, { force: true });
		writeFileSync(file, text, { mode: 0o600 });
		if (owner !== undefined) chownSync(file, owner.uid, owner.gid);
	}
	return { authorityFile, settings: { ssl: 'on', ...files } };
}

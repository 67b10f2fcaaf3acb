import { X509Certificate } from 'node:crypto';
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { explainFileError } from '../file-errors.ts';
import { type Certificate, createCertificate } from './create.ts';

/** A certificate whose authority is in a file, for clients that take a path. */
export interface ServerCertificate extends Certificate {
	readonly authorityFile: string;
}

/**
 * The certificate of the project that contains the current folder. All its servers have the same, at the same
 * path, because Node reads NODE_EXTRA_CA_CERTS only when it starts. It is created again before it expires.
 */
export function ensureCertificate(folder = cacheFolder(process.cwd(), 'certificate')): ServerCertificate {
	try {
		if (isExpiring(folder)) rmSync(folder, { recursive: true, force: true });
		if (!existsSync(folder)) publish(folder);
		const read = (name: string) => readFileSync(join(folder, name), 'utf8');
		return {
			authority: read('ca.crt'),
			certificate: read('server.crt'),
			key: read('server.key'),
			authorityFile: join(folder, 'ca.crt'),
		};
	} catch (error) {
		throw explainFileError(error, folder);
	}
}

const month = 30 * 24 * 60 * 60 * 1000;

function isExpiring(folder: string): boolean {
	const file = join(folder, 'server.crt');
	if (!existsSync(file)) return false;
	return Date.parse(new X509Certificate(readFileSync(file)).validTo) < Date.now() + month;
}

/** The folder appears whole. If another process was first, its certificate is used. */
function publish(folder: string): void {
	mkdirSync(dirname(folder), { recursive: true });
	const unfinished = mkdtempSync(`${folder}.unfinished-`);
	chmodSync(unfinished, 0o755); // Programs of other users may read the authority.
	const { authority, certificate, key } = createCertificate();
	writeFileSync(join(unfinished, 'ca.crt'), authority);
	writeFileSync(join(unfinished, 'server.crt'), certificate);
	writeFileSync(join(unfinished, 'server.key'), key, { mode: 0o600 });
	try {
		renameSync(unfinished, folder);
	} catch (error) {
		rmSync(unfinished, { recursive: true, force: true });
		if (!existsSync(folder)) throw error;
	}
}

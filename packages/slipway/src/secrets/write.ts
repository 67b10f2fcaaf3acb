import {
	closeSync,
	existsSync,
	fsyncSync,
	ftruncateSync,
	mkdirSync,
	openSync,
	readFileSync,
	realpathSync,
	rmSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { hasCode, SlipwayError } from '../errors.ts';
import { writeAtomically } from '../files.ts';
import type { PasswordSource } from '../settings/index.ts';
import { setInEnvFile } from './env-file.ts';

/** Writes `password` where `source` says. Throws `secret-not-writable`. */
export function writePassword({ file, variable, isEnvFile }: PasswordSource, password: string): void {
	if (isEnvFile) writable(file, () => setInEnvFile(file, variable, password));
	else if (existsSync(file)) writable(file, () => writeInPlace(file, password));
	else writeSecret(file, password);
}

/** Writes a file that only this user can read. */
export function writeSecret(file: string, password: string): void {
	const folder = dirname(file);
	writable(file, () => {
		if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
		writeAtomically(file, `${password}\n`, { flush: true });
	});
}

/**
 * A container has the file itself mounted, and would go on reading the old one if another took its name. A reader in
 * the middle gets a wrong password once, and finds the right one in the file of the next password.
 */
function writeInPlace(file: string, password: string): void {
	const end = readFileSync(file, 'utf8').endsWith('\n') ? '\n' : '';
	const bytes = Buffer.from(`${password}${end}`);
	const handle = openSync(file, 'r+');
	try {
		writeSync(handle, bytes, 0, bytes.length, 0);
		ftruncateSync(handle, bytes.length);
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
}

/** Throws `secret-not-writable` before anything is changed on the server. */
export function requireWritable({ file, isEnvFile }: PasswordSource): void {
	if (!existsSync(file)) return;
	writable(file, () => (isEnvFile ? tryReplacing(realpathSync(file)) : closeSync(openSync(file, 'r+'))));
}

/** Whether a second copy of the file, with another password, can be written beside it. */
function tryReplacing(file: string): void {
	const unfinished = `${file}.${process.pid}.unfinished`;
	try {
		writeFileSync(unfinished, `${readFileSync(file, 'utf8')}${' '.repeat(100)}`, {
			mode: 0o600,
			flush: true,
		});
	} finally {
		rmSync(unfinished, { force: true });
	}
}

export function writable(file: string, write: () => void): void {
	try {
		write();
	} catch (error) {
		const known = Object.entries(hints).find(([each]) => hasCode(error, each));
		if (known === undefined) throw error;
		const [code, hint] = known;
		throw new SlipwayError('secret-not-writable', `${file} cannot be written: ${code}`, hint, {
			cause: error,
		});
	}
}

const byOwner = 'Run the command as the user that owns the file and its folder.';

const hints = {
	EACCES: byOwner,
	EPERM: byOwner,
	EROFS: 'Run the command where the file is not mounted read-only.',
	ENOSPC: 'Free space on its disk.',
	EDQUOT: "Free space in the user's quota on its disk.",
	EISDIR: 'It is a folder. Name a file.',
	ENOTDIR: 'A part of its path is a file, not a folder. Name another path.',
};

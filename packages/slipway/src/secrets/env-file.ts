import { chownSync, existsSync, realpathSync, statSync } from 'node:fs';
import { writeAtomically } from '../files.ts';
import { readEnvFileText, setInEnvText } from '../settings/index.ts';

/** Sets a variable in an `.env` file, which only its owner may read from then on. It stays where it is if it is a link. */
export function setInEnvFile(path: string, name: string, value: string): void {
	const file = existsSync(path) ? realpathSync(path) : path;
	const before = existsSync(file) ? statSync(file) : undefined;
	writeAtomically(file, setInEnvText(readEnvFileText(file), name, value), { flush: true });
	if (before !== undefined && before.uid !== process.getuid?.()) chownSync(file, before.uid, before.gid);
}

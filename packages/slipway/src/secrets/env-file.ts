import { chownSync, existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { writeAtomically } from '../files.ts';
import { setInEnvText } from '../settings/index.ts';

/** Sets a variable in an `.env` file, which only its owner may read from then on. It stays where it is if it is a link. */
export function setInEnvFile(path: string, name: string, value: string): void {
	const file = existsSync(path) ? realpathSync(path) : path;
	const before = existsSync(file) ? statSync(file) : undefined;
	const text = before === undefined ? '' : readFileSync(file, 'utf8');
	writeAtomically(file, setInEnvText(text, name, value), { flush: true });
	if (before !== undefined && before.uid !== process.getuid?.()) chownSync(file, before.uid, before.gid);
}

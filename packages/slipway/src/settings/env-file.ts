import { SlipwayError } from '../errors.ts';
import { type EnvEntry, parseEnvText } from './env-text.ts';
import { readTextFile } from './text-file.ts';

/** The variables of an `.env` file by name; none where there is no such file. */
export function readEnvFile(path: string): ReadonlyMap<string, EnvEntry> {
	const file = readTextFile(path);
	if ('fault' in file) {
		if (file.missing) return new Map();
		throw new SlipwayError(
			'unreadable-env-file',
			`${path} cannot be read: ${file.fault}`,
			'Make it a UTF-8 text file that you may read, or remove it.',
		);
	}
	const { entries, faults } = parseEnvText(file.text);
	if (faults.length > 0)
		throw new SlipwayError(
			'invalid-env-file',
			[
				`${path} is not read because of ${faults.length === 1 ? 'this line' : 'these lines'}:`,
				...faults.map(({ line, what, mend }) => `  ${path}:${line}: ${what}. ${mend}`),
			].join('\n'),
			`Write NAME=value, NAME='a value with spaces, #, $, \\ or "', NAME="a value with '", or # and a comment.`,
		);
	return entries;
}

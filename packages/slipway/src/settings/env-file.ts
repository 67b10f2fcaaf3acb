import { SlipwayError } from '../errors.ts';
import { type EnvEntry, parseEnvText } from './env-text.ts';
import { readTextFile } from './text-file.ts';

/** The variables of an `.env` file by name; none if the file does not exist. */
export function readEnvFile(path: string): ReadonlyMap<string, EnvEntry> {
	const file = readTextFile(path);
	if ('reason' in file) {
		if (file.missing) return new Map();
		throw new SlipwayError(
			'unreadable-env-file',
			`${path} cannot be read: ${file.reason}`,
			'It must be a UTF-8 text file that you have permission to read. Correct it or remove it.',
		);
	}
	const { entries, problems } = parseEnvText(file.text);
	if (problems.length > 0)
		throw new SlipwayError(
			'invalid-env-file',
			[
				`${path} has ${problems.length === 1 ? 'an error' : `${problems.length} errors`}:`,
				...problems.map(({ line, what, fix }) => `  ${path}:${line}: ${what}. ${fix}`),
			].join('\n'),
			`Write NAME=value, NAME='a value with spaces, #, $, \\ or "', NAME="a value with '", or # and a comment.`,
		);
	return entries;
}

import { SlipwayError } from '../errors.ts';
import { type EnvEntry, parseEnvText } from './env-text.ts';
import { readTextFile } from './text-file.ts';

/** The variables of an `.env` file by name; none if the file does not exist. */
export function readEnvFile(path: string): ReadonlyMap<string, EnvEntry> {
	const { entries, problems } = parseEnvText(readEnvFileText(path));
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

/** The text of an `.env` file without its byte order mark; empty if the file does not exist. */
export function readEnvFileText(path: string): string {
	const file = readTextFile(path);
	if ('text' in file) return file.text;
	if (file.missing) return '';
	throw new SlipwayError(
		'unreadable-env-file',
		`${path} cannot be read: ${file.reason}`,
		'It must be a UTF-8 text file that you have permission to read. Correct it or remove it.',
	);
}

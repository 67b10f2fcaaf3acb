import { SlipwayError } from './errors.ts';

/** PostgreSQL silently truncates longer names (NAMEDATALEN - 1), so two of them may collide. */
export const maxIdentifierBytes = 63;

/** Why `name` cannot be a PostgreSQL identifier, or undefined if it can. */
export function identifierError(name: string): string | undefined {
	if (name === '') return 'is empty';
	if (name.includes('\0')) return 'contains a NUL character';
	if (!name.isWellFormed()) return 'is not well-formed Unicode';
	const bytes = Buffer.byteLength(name);
	if (bytes > maxIdentifierBytes) return `is ${bytes} bytes long; PostgreSQL allows ${maxIdentifierBytes}`;
	return undefined;
}

/**
 * `name` as a double-quoted SQL identifier. Throws `invalid-identifier` if PostgreSQL would truncate or
 * reject it.
 */
export function quoteIdentifier(name: string): string {
	const error = identifierError(name);
	if (error !== undefined)
		throw new SlipwayError(
			'invalid-identifier',
			`the name ${JSON.stringify(name)} ${error}`,
			'Choose another name.',
		);
	return `"${name.replaceAll('"', '""')}"`;
}

/**
 * `value` as an SQL string literal that means the same whatever `standard_conforming_strings` is set to:
 * a value with a backslash becomes an escape string.
 */
export function quoteLiteral(value: string): string {
	if (value.includes('\0') || !value.isWellFormed())
		throw new SlipwayError(
			'invalid-literal',
			'text with a NUL character or malformed Unicode cannot be sent to PostgreSQL',
			'Remove the character.',
		);
	const quoted = `'${value.replaceAll("'", "''")}'`;
	return value.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

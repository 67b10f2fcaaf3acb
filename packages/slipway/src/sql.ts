import { SlipwayError } from './errors.ts';

/** PostgreSQL cuts longer names off without a word (NAMEDATALEN - 1), so that two of them may collide. */
export const maxIdentifierBytes = 63;

/**
 * Says what keeps `name` from being a PostgreSQL identifier, or nothing when it can be one.
 */
export function identifierFault(name: string): string | undefined {
	if (name === '') return 'is empty';
	if (name.includes('\0')) return 'contains a NUL character';
	if (!name.isWellFormed()) return 'is not well-formed Unicode';
	const bytes = Buffer.byteLength(name);
	if (bytes > maxIdentifierBytes) return `is ${bytes} bytes long; PostgreSQL keeps ${maxIdentifierBytes}`;
	return undefined;
}

/** `name` as a double-quoted SQL identifier. Throws `invalid-identifier` for what PostgreSQL would cut or refuse. */
export function quoteIdentifier(name: string): string {
	const fault = identifierFault(name);
	if (fault !== undefined)
		throw new SlipwayError(
			'invalid-identifier',
			`the name ${JSON.stringify(name)} ${fault}`,
			'Choose another name.',
		);
	return `"${name.replaceAll('"', '""')}"`;
}

/**
 * `value` as an SQL string literal that means the same whatever `standard_conforming_strings` says:
 * one with a backslash becomes an escape string.
 */
export function quoteLiteral(value: string): string {
	if (value.includes('\0') || !value.isWellFormed())
		throw new SlipwayError(
			'invalid-literal',
			'a text with a NUL character or broken Unicode cannot be sent to PostgreSQL',
			'Remove the character.',
		);
	const quoted = `'${value.replaceAll("'", "''")}'`;
	return value.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

import { SlipwayError } from '../../errors.ts';
import { parseFileName } from './file-name.ts';
import { printable } from './printable.ts';

/**
 * The one of `names` that `text` identifies: by the full name, with or without `.sql` or `.up.sql`, or by a
 * prefix or the part after the number if only one has it. Throws `unknown-migration`.
 */
export function findMigration(names: readonly string[], text: string, among: string): string {
	const wanted = parseFileName(text).name;
	if (names.includes(wanted)) return wanted;
	const candidates =
		wanted === '' ? [] : names.filter((name) => name.startsWith(wanted) || isWithoutNumber(wanted, name));
	const [only, ...others] = candidates;
	if (only !== undefined && others.length === 0) return only;
	throw new SlipwayError(
		'unknown-migration',
		only === undefined
			? `there is no migration ${JSON.stringify(text)} ${among}`
			: `${JSON.stringify(text)} is ambiguous: ${candidates.map(printable).join(' or ')}`,
		'Use a name from npx slipway migrate status, or a unique part of one: its beginning, or what follows the number.',
	);
}

function isWithoutNumber(text: string, name: string): boolean {
	return text === name.slice(name.indexOf('_') + 1);
}

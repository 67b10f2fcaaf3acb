import { SlipwayError } from '../../errors.ts';
import { parseFileName } from './file-name.ts';
import { printable } from './printable.ts';

/**
 * The one of `names` that a person means by `text`: the name itself, with or without `.sql` or `.up.sql`, or what no other has of it:
 * a beginning, or all that follows its number. Throws `unknown-migration`.
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
			? `no migration ${among} is called ${JSON.stringify(text)}`
			: `${JSON.stringify(text)} may be ${candidates.map(printable).join(' or ')}`,
		'Name one as scripts/migrate status does; its beginning, or what follows its number, will do where no other has that.',
	);
}

function isWithoutNumber(text: string, name: string): boolean {
	return text === name.slice(name.indexOf('_') + 1);
}

import { printable } from './printable.ts';

/** There may be thousands; `migrate status` lists all. */
export const maxNamed = 10;

/** "a, b and 3 more". */
export function nameSome(names: readonly string[]): string {
	const named = names.slice(0, maxNamed).map(printable).join(', ');
	return names.length > maxNamed ? `${named} and ${names.length - maxNamed} more` : named;
}

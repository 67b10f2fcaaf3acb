import { printable } from './printable.ts';

/** So many are named of what may be a thousand; scripts/migrate status has them all. */
export const mostNamed = 10;

/** "a, b and 3 more". */
export function nameSome(names: readonly string[]): string {
	const named = names.slice(0, mostNamed).map(printable).join(', ');
	return names.length > mostNamed ? `${named} and ${names.length - mostNamed} more` : named;
}

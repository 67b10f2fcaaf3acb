import type { SlipwayError } from '../../errors.ts';

/** Throws the faults, all of them, where there is one. */
export function refuse(faults: readonly SlipwayError[]): void {
	const [first, ...others] = faults;
	if (first === undefined) return;
	throw others.length === 0
		? first
		: new AggregateError(faults, faults.map(({ message }) => message).join('\n'));
}

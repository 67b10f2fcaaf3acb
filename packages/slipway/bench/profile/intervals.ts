/** From, to. */
export type Interval = readonly [number, number];

/** How much of the interval `within` is covered by at least one of `intervals`. */
export function covered(intervals: readonly Interval[], [from, to]: Interval): number {
	const clipped = intervals
		.map(([start, end]) => [Math.max(start, from), Math.min(end, to)] as const)
		.filter(([start, end]) => start < end)
		.toSorted(([one], [other]) => one - other);
	let sum = 0;
	let reached = from;
	for (const [start, end] of clipped) {
		sum += Math.max(0, end - Math.max(start, reached));
		reached = Math.max(reached, end);
	}
	return sum;
}

/** How much of `within` is covered by `intervals` and by none of `others`. */
export function coveredOnly(
	intervals: readonly Interval[],
	others: readonly Interval[],
	within: Interval,
): number {
	return covered([...intervals, ...others], within) - covered(others, within);
}

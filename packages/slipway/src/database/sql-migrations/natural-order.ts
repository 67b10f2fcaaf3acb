/** Compares paths folder by folder, and numbers in them by their value: `2_b.sql` comes before `10_a.sql`. */
export function comparePaths(a: string, b: string): number {
	const [left, right] = [a.split('/'), b.split('/')];
	for (const [index, segment] of left.entries()) {
		const other = right[index];
		if (other === undefined) return 1;
		const order = compareNaturally(segment, other);
		if (order !== 0) return order;
	}
	return left.length - right.length;
}

/** Numbers by their value, other text by its code units. Returns 0 for equal texts only. */
export function compareNaturally(a: string, b: string): number {
	const [left, right] = [a.match(runs) ?? [], b.match(runs) ?? []];
	for (const [index, run] of left.entries()) {
		const other = right[index];
		if (other === undefined) return 1;
		const order = isNumber(run) && isNumber(other) ? compareNumbers(run, other) : compareTexts(run, other);
		if (order !== 0) return order;
	}
	return left.length - right.length || compareTexts(a, b);
}

const runs = /\d+|\D+/g;
const isNumber = (run: string) => /^\d/.test(run);

/** Compares digits of any length. Leading zeros do not count. */
export function compareNumbers(a: string, b: string): number {
	const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
	return left.length - right.length || compareTexts(left, right);
}

function compareTexts(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

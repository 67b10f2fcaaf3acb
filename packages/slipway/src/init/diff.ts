/** The lines that an edit removes and adds, each with `-` or `+` before it. */
export function diffLines(before: string, after: string): string[] {
	const [a, b] = [before.split('\n'), after.split('\n')];
	const common = commonLengths(a, b);
	const lines: string[] = [];
	for (let i = 0, j = 0; i < a.length || j < b.length; ) {
		if (i < a.length && j < b.length && a[i] === b[j]) {
			i++;
			j++;
		} else if (j < b.length && (i === a.length || at(common, i, j + 1) > at(common, i + 1, j)))
			lines.push(`+ ${b[j++]}`);
		else lines.push(`- ${a[i++]}`);
	}
	return lines;
}

/** For each pair of positions, how many lines of the rests can be kept. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
	const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
	for (let i = a.length - 1; i >= 0; i--)
		for (let j = b.length - 1; j >= 0; j--) {
			const row = lengths[i];
			if (row !== undefined)
				row[j] =
					a[i] === b[j]
						? at(lengths, i + 1, j + 1) + 1
						: Math.max(at(lengths, i + 1, j), at(lengths, i, j + 1));
		}
	return lengths;
}

const at = (lengths: readonly number[][], i: number, j: number) => lengths[i]?.[j] ?? 0;

const longest = 100;

/** The first line of `text`, cut where it is long: a statement can have megabytes. */
export function excerpt(text: string): string {
	const start = text.slice(0, longest + 1);
	const [line = ''] = start.split('\n');
	return line === text ? text : `${line.slice(0, longest).trimEnd()} …`;
}

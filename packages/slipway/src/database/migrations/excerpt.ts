const maxLength = 100;

/** The first line of `text`, truncated: a statement can be megabytes long. */
export function excerpt(text: string): string {
	const start = text.slice(0, maxLength + 1);
	const [line = ''] = start.split('\n');
	return line === text ? text : `${line.slice(0, maxLength).trimEnd()} …`;
}

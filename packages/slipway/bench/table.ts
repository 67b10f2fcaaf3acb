/** Formats a table. The first column is left-aligned; the others contain figures and are right-aligned. */
export function formatTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
	const lines = [heads, ...rows];
	const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
	const pad = (cell: string, column: number) =>
		column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0);
	return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n');
}

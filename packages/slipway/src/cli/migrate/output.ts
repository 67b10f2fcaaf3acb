import { printable } from '../../database/migrations/index.ts';

/** Data. */
export function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

/** Diagnosis. */
export function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}

export function printJson(value: unknown): void {
	print(JSON.stringify(value, undefined, '\t'));
}

/** Rows in columns that are as wide as they must be. */
export function printTable(heads: readonly string[], rows: readonly (readonly string[])[]): void {
	const lines = [heads, ...rows].map((line) => line.map(printable));
	const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
	for (const line of lines)
		print(
			line
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		);
}

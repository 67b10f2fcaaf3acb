import { printable } from '../../database/migrations/index.ts';
import { print } from '../output.ts';

/** Prints rows in columns as wide as their longest cells. */
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

import { formatTable } from '../table.ts';
import type { MigrationFigures } from './measure.ts';

/** Formats the figures as a table. */
export function formatMigrationFigures({ medians, rounds }: MigrationFigures): string {
	const rows = Object.entries(medians).map(([name, milliseconds]) => [name, milliseconds.toFixed(0)]);
	return `median of ${rounds.length} rounds\n\n${formatTable(['', 'ms'], rows)}`;
}

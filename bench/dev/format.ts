import { formatTable } from 'slipway/bench';
import type { DevFigures } from './measure.ts';

/** The figures as a table. */
export function formatDevFigures({ medians, rounds }: DevFigures): string {
	const rows = Object.entries(medians).map(([name, milliseconds]) => [name, milliseconds.toFixed(0)]);
	return `median of ${rounds.length} rounds\n\n${formatTable(['', 'ms'], rows)}`;
}

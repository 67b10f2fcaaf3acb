import { formatTable } from '../table.ts';
import type { CacheFigures } from './measure.ts';

/** Formats the figures as a table. */
export function formatCacheFigures(figures: CacheFigures): string {
	const { machine, node, seedMb, rounds, size, restore, firstRun } = figures;
	const heading = `${machine}; Node.js ${node}\n${seedMb} MB of seed, medians of ${rounds} rounds`;
	const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
	const seconds = (value: number) => `${value.toFixed(2)} s`;
	const rows = [
		['cache folder', megabytes(size.folder)],
		['archive of it', megabytes(size.archive)],
		['unpacking the archive', seconds(restore)],
		['first run of 4 test files after that', seconds(firstRun.restored)],
		['the same with an empty cache', seconds(firstRun.empty)],
	];
	return `${heading}\n${formatTable(['', ''], rows)}`;
}

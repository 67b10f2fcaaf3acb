import { colours, escaped, svg, type Theme } from '../chart-theme.ts';
import { isOurs } from './contenders.ts';
import type { PostgresFigures } from './figures.ts';

const width = 800;
const rowHeight = 24;
const barStart = 390;
const longestBar = 340;
const firstRow = 44;
const title = 'Milliseconds until an isolated PostgreSQL answers its first query';

/** An SVG of horizontal bars, one for each contender, on one linear scale. */
export function drawPostgresChart({ medians }: Pick<PostgresFigures, 'medians'>, theme: Theme): string {
	const { text, muted, ours, theirs } = colours[theme];
	const rows = Object.entries(medians);
	const most = Math.max(...rows.map(([, milliseconds]) => milliseconds));
	const height = firstRow + rows.length * rowHeight + 8;
	const bars = rows.map(([name, milliseconds], index) => {
		const y = firstRow + index * rowHeight;
		const length = Math.max(1, (milliseconds / most) * longestBar).toFixed(1);
		const label = `<text x="${barStart - 10}" y="${y + 12}" text-anchor="end" fill="${text}">${escaped(name)}</text>`;
		const bar = `<rect x="${barStart}" y="${y}" width="${length}" height="16" rx="2" fill="${isOurs(name) ? ours : theirs}"/>`;
		const value = `<text x="${(barStart + Number(length) + 8).toFixed(1)}" y="${y + 12}" fill="${muted}">${shown(milliseconds)}</text>`;
		return `${label}${bar}${value}`;
	});
	const heading = `<text x="${barStart}" y="22" fill="${text}" font-weight="600">ms until the first answer; Slipway in blue</text>`;
	return svg({ width, height, title }, [heading, ...bars]);
}

const shown = (milliseconds: number) => milliseconds.toFixed(milliseconds < 100 ? 1 : 0);

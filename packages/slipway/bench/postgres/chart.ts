import { isOurs } from './contenders.ts';
import type { PostgresFigures } from './figures.ts';

export const themes = ['light', 'dark'] as const;
export type Theme = (typeof themes)[number];

interface Colours {
	readonly text: string;
	readonly muted: string;
	readonly ours: string;
	readonly theirs: string;
}

/** On GitHub's two backgrounds. */
const colours: Record<Theme, Colours> = {
	light: { text: '#1f2328', muted: '#59636e', ours: '#0969da', theirs: '#afb8c1' },
	dark: { text: '#f0f6fc', muted: '#9198a1', ours: '#4493f8', theirs: '#656c76' },
};

const width = 800;
const rowHeight = 24;
const barStart = 390;
const longestBar = 340;
const firstRow = 44;

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
		return `\t${label}${bar}${value}`;
	});
	return `${[
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13">`,
		'\t<title>Milliseconds until an isolated PostgreSQL answers its first query</title>',
		`\t<text x="${barStart}" y="22" fill="${text}" font-weight="600">ms until the first answer; Slipway in blue</text>`,
		...bars,
		'</svg>',
	].join('\n')}\n`;
}

const shown = (milliseconds: number) => milliseconds.toFixed(milliseconds < 100 ? 1 : 0);

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

import { colours, type Theme } from '../chart-theme.ts';
import type { WayName } from '../suite/ways.ts';

export interface LineStyle {
	readonly colour: Readonly<Record<Theme, string>>;
	/** As `stroke-dasharray`. Default: a solid line. */
	readonly dash?: string;
}

const ours = { light: colours.light.ours, dark: colours.dark.ours };
const plain = { light: colours.light.muted, dark: colours.dark.muted };

/** Ours in blue; those without isolation in grey. */
export const lineStyles: Readonly<Record<WayName, LineStyle>> = {
	server: { colour: ours },
	database: { colour: ours, dash: '6 3' },
	transaction: { colour: ours, dash: '2 3' },
	none: { colour: plain, dash: '2 3' },
	shared: { colour: plain },
	truncate: { colour: { light: '#bc4c00', dark: '#db6d28' } },
	'truncate-per-worker': { colour: { light: '#bc4c00', dark: '#db6d28' }, dash: '6 3' },
	'pgsql-test': { colour: { light: '#8250df', dark: '#a371f7' } },
	pglite: { colour: { light: '#cf222e', dark: '#f85149' } },
};

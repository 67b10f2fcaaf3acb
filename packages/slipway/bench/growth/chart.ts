import { colours, escaped, svg, type Theme } from '../chart-theme.ts';
import { type WayName, ways } from '../suite/ways.ts';
import { type AxisName, axes, axisNames } from './axes.ts';
import { figureOf, type GrowthFigures, measuredWays } from './figures.ts';
import { lineStyles } from './line-styles.ts';

const width = 800;
const panel = { top: 50, height: 230, width: 216, gap: 34, left: 52 };
const bottom = panel.top + panel.height;
const legendTop = bottom + 66;
const legendRow = 20;
const title = 'Milliseconds per test as a test suite grows';

/** An SVG of three panels, one for what grows in each, with the same logarithmic scale of milliseconds. */
export function drawGrowthChart(figures: GrowthFigures, theme: Theme): string {
	const { text } = colours[theme];
	const shown = measuredWays(figures);
	const scale = makeScale(figures, shown);
	const heading = `<text x="${panel.left}" y="22" fill="${text}" font-weight="600">ms per test, isolate: ${figures.isolate}; Slipway in blue</text>`;
	const grown = axisNames.filter((axis) => figures.points.some((point) => point.axis === axis));
	const panels = grown.flatMap((axis, index) => drawPanel(figures, shown, { axis, index, theme, scale }));
	const height = legendTop + Math.ceil(shown.length / 3) * legendRow;
	return svg({ width, height, title }, [heading, ...panels, ...drawLegend(shown, theme)]);
}

interface Scale {
	/** Powers of ten. */
	readonly ticks: readonly number[];
	y(milliseconds: number): number;
}

function makeScale({ points }: GrowthFigures, shown: readonly WayName[]): Scale {
	const all = points.flatMap((point) => shown.flatMap((way) => figureOf(point, way) ?? []));
	const from = Math.floor(Math.log10(Math.min(...all)));
	const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...all))));
	return {
		ticks: Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index)),
		y: (milliseconds) => bottom - ((Math.log10(milliseconds) - from) / (to - from)) * panel.height,
	};
}

interface Panel {
	readonly axis: AxisName;
	readonly index: number;
	readonly theme: Theme;
	readonly scale: Scale;
}

function drawPanel(figures: GrowthFigures, shown: readonly WayName[], place: Panel): string[] {
	const { axis, index, theme, scale } = place;
	const { text, muted, line } = colours[theme];
	const left = panel.left + index * (panel.width + panel.gap);
	const values = axes[axis].values;
	const x = (value: number) =>
		left + 20 + (values.indexOf(value as never) / (values.length - 1)) * (panel.width - 40);
	const grid = scale.ticks.map((tick) => {
		const y = scale.y(tick).toFixed(1);
		const label = `<text x="${left - 6}" y="${Number(y) + 4}" text-anchor="end" fill="${muted}" font-size="11">${tick}</text>`;
		return `<path d="M${left} ${y}h${panel.width}" stroke="${line}"/>${index === 0 ? label : ''}`;
	});
	const labels = values.map(
		(value) =>
			`<text x="${x(value)}" y="${bottom + 18}" text-anchor="middle" fill="${muted}">${value}</text>`,
	);
	const name = `<text x="${left + panel.width / 2}" y="${bottom + 38}" text-anchor="middle" fill="${text}">${escaped(axes[axis].title)}</text>`;
	const lines = shown.map((way) => {
		const points = figures.points
			.filter((point) => point.axis === axis)
			.flatMap((point) => {
				const figure = figureOf(point, way);
				return figure === undefined ? [] : [[x(point.value), scale.y(figure)] as const];
			});
		return drawLine(points, way, theme);
	});
	return [...grid, ...labels, name, ...lines];
}

function drawLine(points: readonly (readonly [number, number])[], way: WayName, theme: Theme): string {
	const { colour, dash } = lineStyles[way];
	const at = points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
	const line = `<path d="M${at.join('L')}" fill="none" stroke="${colour[theme]}" stroke-width="2"${dash ? ` stroke-dasharray="${dash}"` : ''}/>`;
	const dots = points.map(
		([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3" fill="${colour[theme]}"/>`,
	);
	return points.length === 0 ? '' : line + dots.join('');
}

function drawLegend(shown: readonly WayName[], theme: Theme): string[] {
	return shown.map((way, index) => {
		const x = panel.left + (index % 3) * (panel.width + panel.gap);
		const y = legendTop + Math.floor(index / 3) * legendRow;
		const sample = drawLine(
			[
				[x, y - 4],
				[x + 28, y - 4],
			],
			way,
			theme,
		);
		return `${sample}<text x="${x + 36}" y="${y}" fill="${colours[theme].text}">${escaped(ways[way].title)}</text>`;
	});
}

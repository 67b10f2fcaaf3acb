/** A bar chart of hits per minute, in pieces that a page can replace. Coordinates are in the view box. */
export interface Chart {
	/** The path of the bars, without the current minute's. */
	readonly bars: string;
	/** The path of the current minute's bar, which still grows. */
	readonly current: string;
	readonly summary: string;
}

export const chartSize = { width: 300, height: 80 };

const gap = 1;

/** A minute with few hits beside one with many is still seen. */
const lowest = 1;

/** `hits` in each minute, the current one last. */
export function drawChart(hits: readonly number[]): Chart {
	const step = chartSize.width / hits.length;
	const highest = Math.max(...hits, 1);
	const bars = hits.map((count, i) => {
		if (count === 0) return '';
		const height = Math.max(round((count / highest) * chartSize.height), lowest);
		return `M${round(i * step)} ${chartSize.height}v-${height}h${round(step - gap)}v${height}z`;
	});
	return { bars: bars.slice(0, -1).join(''), current: bars.at(-1) ?? '', summary: summarize(hits) };
}

const round = (length: number) => Math.round(length * 10) / 10;

function summarize(hits: readonly number[]): string {
	const total = hits.reduce((sum, count) => sum + count, 0);
	if (total === 0) return 'No hits in the last hour.';
	const [all, most] = [total, Math.max(...hits)].map((count) => count.toLocaleString('en'));
	return `Last hour: ${all}. Busiest minute: ${most}.`;
}

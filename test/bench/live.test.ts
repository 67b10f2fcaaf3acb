import { expect, test } from 'vitest';
import { formatLiveFigures, summarizeLive } from '../../bench/live/figures.ts';

const load = (requestsPerSecond: number, p99: number) => ({ requests: 1, requestsPerSecond, p50: 1, p99 });

test('the figures of the live page are medians, with ratios taken within each round', () => {
	const figures = summarizeLive({
		tabs: 100,
		rounds: [
			{ service: load(40, 3), memory: load(50, 2) },
			{ service: load(90, 9), memory: load(100, 3) },
			{ service: load(10, 2), memory: load(40, 2) },
		],
		untilSeen: [5, 40, 7],
		firstPaint: [90, 100, 95],
		plainPaint: [30, 80, 70],
	});
	expect(figures.ratios).toEqual({ requestsPerSecond: 0.8, p99: 1.5 });
	const text = formatLiveFigures(figures);
	expect(text).toMatch(/^requests\/s, service : no database +0\.80$/m);
	expect(text).toMatch(/^a hit until it is seen in another tab, ms +7$/m);
	expect(text).toMatch(/^first contentful paint, ms +95$/m);
	expect(text).toMatch(/^the same of a page without style and script, ms +70$/m);
});

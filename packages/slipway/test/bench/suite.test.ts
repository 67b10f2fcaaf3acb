import { expect, test } from 'vitest';
import { formatSuiteFigures, measureSuite } from '../../bench/index.ts';
import { ways } from '../../bench/suite/ways.ts';
import { projectRoot } from '../helpers/child-process.ts';

test('the same tests pass with each kind of isolation, and their time and memory are measured', {
	timeout: 300_000,
}, async () => {
	const figures = await measureSuite({
		root: projectRoot,
		rounds: 1,
		files: 2,
		workers: undefined,
		report: () => {},
	});
	const positive = Object.fromEntries(ways.map((way) => [way, expect.toSatisfy((value) => value > 0)]));
	expect(figures).toMatchObject({ seconds: positive, memory: positive, rounds: [positive] });
	expect(figures.ratios['shared database']).toBe(1);
	expect(formatSuiteFigures(figures)).toMatch(/^transaction per test( +\d+\.\d){1}/m);
});

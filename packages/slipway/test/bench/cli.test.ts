import { expect, test } from 'vitest';
import { formatMilliseconds, measureCli } from '../../bench/index.ts';
import { builtPackage } from '../helpers/built-package.ts';
import { projectRoot } from '../helpers/child-process.ts';

test('the command of the built package is measured with and without a server', async () => {
	const figures = await measureCli({
		root: projectRoot,
		built: await builtPackage(),
		rounds: 1,
		report: () => {},
	});
	expect(Object.keys(figures.medians)).toEqual([
		'node, which does nothing',
		'slipway --help',
		'slipway doctor',
		'slipway run -- true, from a snapshot',
	]);
	for (const milliseconds of Object.values(figures.medians)) expect(milliseconds).toBeGreaterThan(0);
	expect(formatMilliseconds(figures)).toMatch(/^slipway --help +\d+$/m);
});

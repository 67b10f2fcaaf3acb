import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatStacksFigures, stacks } from '../../bench/index.ts';
import { toolRoot } from '../helpers/child-process.ts';

const round = (slipway: number) => ({
	slipway: { cold: slipway, second: slipway / 4 },
	testcontainers: { cold: 30, second: 12 },
	pglite: { cold: 20, second: 8 },
});

test('the figures of a stack are the medians of its rounds', () => {
	const rounds = { 'dbmate-mocha': [round(4), round(12), round(8)] };
	const text = formatStacksFigures({ machine: '2 × Test', node: 'v24.0.0', rounds });
	const rows = text.split('\n').filter((line) => line.startsWith('dbmate-mocha'));
	expect(rows.map((row) => row.split(/ +/).slice(1))).toEqual([
		['8.0', '30.0', '20.0'],
		['2.0', '12.0', '8.0'],
	]);
});

test.each(Object.keys(stacks))(
	'%s has a set-up of Testcontainers and one of PGlite to compare with',
	(name) => {
		const ways = join(toolRoot, 'bench/stacks/ways', name);
		expect(['testcontainers', 'pglite'].filter((way) => !existsSync(join(ways, way)))).toEqual([]);
	},
);

import { expect, test } from 'vitest';
import { describeWithEngine } from '../helpers/engine.ts';
import { makeProject, slipway } from './project.ts';

const otherStack = `
services:
  cache: { image: 'redis:8' }
`;

describeWithEngine('slipway doctor', () => {
	test.each([
		['without a compose file', {}],
		['with a compose file of its own', { 'compose.yaml': otherStack }],
	])('finds nothing wrong in a project %s', async (_, files) => {
		const { status, stdout } = await slipway(makeProject(files), ['doctor', '--timeout', '60'], {
			PORT: '0',
		});
		// The other checks find what else is going on here.
		expect(stdout).not.toMatch(/^(error|warning) +(?!disk|memory|leftovers)/m);
		expect(status).toBe(0);
	});
});

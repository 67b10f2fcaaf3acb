import { expect, test } from 'vitest';
import { formatLinks } from '../../src/dev/links.ts';

test('links are aligned, and relative to the address of the service', () => {
	const links = { 'API docs': '/api/docs', Metrics: 'metrics', Grafana: 'http://localhost:3001/d/1' };
	expect(formatLinks(links, 'http://localhost:4000/')).toEqual([
		'API docs  http://localhost:4000/api/docs',
		'Metrics   http://localhost:4000/metrics',
		'Grafana   http://localhost:3001/d/1',
	]);
	expect(formatLinks({}, 'http://localhost:4000/')).toEqual([]);
});

import { expect, test } from 'vitest';
import { requestedImage } from '../../../src/postgres/container/image.ts';

test.each([
	[{}, 'postgres:18'],
	[{ version: 17 }, 'postgres:17'],
	[{ image: 'postgis/postgis:17-3.6' }, 'postgis/postgis:17-3.6'],
	[{ image: 'pgvector/pgvector:0.8.1-pg16', version: 16 }, 'pgvector/pgvector:0.8.1-pg16'],
	[{ image: 'localhost:5000/team/database:3', version: 16 }, 'localhost:5000/team/database:3'],
] as const)('%j is the image %s', (options, image) => {
	expect(requestedImage(options)).toBe(image);
});

test.each([
	'postgres:16',
	'registry.example.com:5000/library/postgres:16.4-alpine',
	'pgvector/pgvector:pg16',
	'timescale/timescaledb:2.17-pg16',
	'postgis/postgis:16-3.5',
])('%s contradicts the version 17', (image) => {
	expect(() => requestedImage({ image, version: 17 })).toThrow(
		expect.objectContaining({
			code: 'version-mismatch',
			message: `the image ${image} contains PostgreSQL 16, but the version is set to 17`,
		}),
	);
});

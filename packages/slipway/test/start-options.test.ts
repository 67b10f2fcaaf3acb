import { expect, test } from 'vitest';
import { type StartPostgresOptions, startPostgres } from '../src/start-postgres.ts';

const start = (options: object) => startPostgres(options as StartPostgresOptions);

test('a misspelt option is refused with all that there are', async () => {
	await expect(start({ migratons: 'migrations' })).rejects.toMatchObject({
		code: 'invalid-options',
		message: 'PostgreSQL cannot be started with these options: there is no "migratons"',
		hint: expect.stringMatching(/^The options are .*\bmigrations, .*\bseed, /),
	});
});

test.each([
	[{ provider: 'docker' }, /"provider" is 'docker' and has to be one of embedded, container, choose/],
	[{ extensions: 'pg_trgm' }, /"extensions" is 'pg_trgm' and has to be a list of texts/],
	[
		{ settings: { max_connections: 200 } },
		/"settings" is { max_connections: 200 } and has to be an object of texts/,
	],
	[{ seed: 5 }, /"seed" is 5 and has to be a text or a list of texts/],
	[{ snapshots: true }, /"snapshots" is true and has to be a text or false/],
	[{ database: 'postgres://app:secret@db/app' }, /options: "database" has to be an object$/],
	[{ roles: { user: 'shop' } }, /"roles" is { user: 'shop' } and has to be an object of texts: owner, mig/],
	[{ seed: 5, migratons: 'x' }, /"seed" is 5 .*; there is no "migratons"/],
])('options %j are refused with what is wrong', async (options, message) => {
	await expect(start(options)).rejects.toMatchObject({
		code: 'invalid-options',
		message: expect.stringMatching(message),
	});
});

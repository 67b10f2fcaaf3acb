import { expect, test } from 'vitest';
import { type StartPostgresOptions, startPostgres } from '../src/start-postgres.ts';

const start = (options: object) => startPostgres(options as StartPostgresOptions);

test('a misspelled option is refused with the list of options', async () => {
	await expect(start({ migratons: 'migrations' })).rejects.toMatchObject({
		code: 'invalid-options',
		message:
			'PostgreSQL cannot start with these options: there is no "migratons"; did you mean "migrations"?',
		hint: expect.stringMatching(/^The options are .*\bmigrations, .*\bseed, /),
	});
});

test.each([
	[{ provider: 'docker' }, /"provider" is 'docker', but must be one of auto, embedded, container, external/],
	[{ version: 14 }, /"version" is 14, but must be one of 15, 16, 17, 18/],
	[{ port: 70_000 }, /"port" is 70000, but must be a port from 1 to 65535/],
	[
		{ logins: [{ name: 'a', pasword: 'secret' }] },
		/options: "logins" must be an array of logins, such as [^;]*$/,
	],
	[{ ssl: 'require' }, /"ssl" is 'require', but must be true or false/],
	[{ extensions: 'pg_trgm' }, /"extensions" is 'pg_trgm', but must be an array of strings, such as/],
	[
		{ settings: { max_connections: 200 } },
		/"settings" is { max_connections: 200 }, but must be an object with string values/,
	],
	[{ seed: 5 }, /"seed" is 5, but must be a string or an array of strings/],
	[{ snapshots: true }, /"snapshots" is true, but must be a string or false/],
	[{ database: 'postgres://app:secret@db/app' }, /options: "database" must be an object$/],
	[{ roles: { user: 'shop' } }, /there is no "roles.user"; the fields are owner, migrator, app/],
	[{ seed: 5, migratons: 'x' }, /"seed" is 5, .*; there is no "migratons"/],
])('the options %j are refused with a reason', async (options, message) => {
	await expect(start(options)).rejects.toMatchObject({
		code: 'invalid-options',
		message: expect.stringMatching(message),
	});
});

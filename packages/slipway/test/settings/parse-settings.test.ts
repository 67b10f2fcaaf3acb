import { expect, test } from 'vitest';
import { parseSettings } from '../../src/settings/index.ts';
import { errorsOf } from './errors-of.ts';

test.each([
	[{}, undefined],
	[{ DB_HOST: '', DATABASE_NAME: 'app' }, undefined],
	[{ DB_HOST: 'db' }, 'external'],
	[{ DB_PORT: '5433' }, undefined],
	[{ DB_HOST: 'localhost', DB_PORT: '5433' }, 'external'],
	[{ DATABASE_URL: 'postgres://app:app_password@db/app' }, 'external'],
	[{ DB_HOST: 'db', SLIPWAY_POSTGRES: 'embedded' }, 'embedded'],
	[{ DB_HOST: 'db', SLIPWAY_POSTGRES: 'container' }, 'container'],
])(
	'a named server is used unless SLIPWAY_POSTGRES names another provider: %j is %s',
	(variables, provider) => {
		expect(parseSettings(variables).provider).toBe(provider);
	},
);

test('without variables, every setting has its default', () => {
	expect(parseSettings({})).toEqual({
		environment: 'development',
		endpoint: { host: 'localhost', port: 5432, sslMode: 'disable' },
		migratorEndpoint: { host: 'localhost', port: 5432, sslMode: 'disable' },
		admin: { username: 'postgres', password: 'postgres' },
		database: {
			name: 'app',
			owner: 'app_owner',
			migrator: { username: 'app_migrator', password: 'migrator_password' },
			app: { username: 'app_user', password: 'app_password' },
		},
		migrations: { lockTimeout: '3s', statementTimeout: '1min' },
		service: { host: '127.0.0.1', port: 3000, logLevel: 'info', rateLimit: 6000, trustedProxies: 0 },
		provider: undefined,
		image: 'postgres:18',
	});
});

test('every variable sets its setting', () => {
	const variables = {
		NODE_ENV: 'test',
		DB_HOST: 'db.example.com',
		DB_PORT: '6543',
		DB_SSLMODE: 'verify-full',
		DB_MIGRATOR_HOST: '10.0.0.1',
		DB_MIGRATOR_PORT: '5433',
		DB_MIGRATOR_SSLMODE: 'require',
		DB_ADMIN_USERNAME: 'root',
		DB_ADMIN_PASSWORD: 'a',
		DATABASE_NAME: 'shop',
		DB_OWNER: 'boss',
		DB_MIGRATOR_USERNAME: 'mover',
		DB_MIGRATOR_PASSWORD: 'b',
		DB_MIGRATOR_LOCK_TIMEOUT: '500ms',
		DB_MIGRATOR_STATEMENT_TIMEOUT: '0',
		DB_USERNAME: 'clerk',
		DB_PASSWORD: 'c',
		HOST: '::',
		PORT: '0',
		LOG_LEVEL: 'silent',
		RATE_LIMIT: '0',
		TRUSTED_PROXIES: '2',
		SLIPWAY_POSTGRES: 'external',
		POSTGRES_IMAGE: 'registry.example.com:5000/postgis/postgis:18-3.6',
	};
	expect(parseSettings(variables)).toEqual({
		environment: 'test',
		endpoint: { host: 'db.example.com', port: 6543, sslMode: 'verify-full' },
		migratorEndpoint: { host: '10.0.0.1', port: 5433, sslMode: 'require' },
		admin: { username: 'root', password: 'a' },
		database: {
			name: 'shop',
			owner: 'boss',
			migrator: { username: 'mover', password: 'b' },
			app: { username: 'clerk', password: 'c' },
		},
		migrations: { lockTimeout: '500ms', statementTimeout: '0' },
		service: { host: '::', port: 0, logLevel: 'silent', rateLimit: 0, trustedProxies: 2 },
		provider: 'external',
		image: 'registry.example.com:5000/postgis/postgis:18-3.6',
	});
});

test('an empty variable counts as not set', () => {
	const names = [
		'DATABASE_URL',
		'DB_HOST',
		'DB_OWNER',
		'PORT',
		'NODE_ENV',
		'SLIPWAY_POSTGRES',
		'DB_PASSWORD_FILE',
	];
	expect(parseSettings(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(parseSettings({}));
});

const invalid: [variable: string, values: string[], what: string][] = [
	['NODE_ENV', ['prod', 'Production', ' test'], 'is not one of development, test, production'],
	['LOG_LEVEL', ['verbose', 'INFO'], 'is not one of fatal, error, warn, info, debug, trace, silent'],
	['RATE_LIMIT', ['-1', '1.5', 'many', '1e3'], 'is not a number'],
	['TRUSTED_PROXIES', ['-1', 'loopback', '10.0.0.0/8'], 'is not a number'],
	['SLIPWAY_POSTGRES', ['docker'], 'is not one of embedded, container, external'],
	['DB_SSLMODE', ['prefer', 'allow'], 'is not one of disable, require, verify-ca, verify-full'],
	['PORT', ['65536', '-1', '3000 ', '0x10', '1e3', '08', 'http', '3000.5', '٣'], 'is not a port number'],
	['DB_PORT', ['0', '65536', '5432,', 'tcp://10.0.0.2:5432'], 'is not a port number'],
	['HOST', ['/run', 'a b', 'http://localhost', 'localhost:80'], 'is not a host name or an address'],
	[
		'DB_HOST',
		['db:5432', 'db1,,db2', 'db1, db2', '[::1]', 'tcp://db', 'a b', './run', '-h'],
		'is not a host name, an address',
	],
	['DB_USERNAME', ['pg_app', 'public', 'none'], 'is a role name that PostgreSQL reserves'],
	['DB_OWNER', ['pg_owner'], 'is a role name that PostgreSQL reserves'],
	['DB_ADMIN_USERNAME', ['pg_admin'], 'is a role name that PostgreSQL reserves'],
	['DB_MIGRATOR_USERNAME', ['public'], 'is a role name that PostgreSQL reserves'],
	['DATABASE_NAME', ['postgres', 'template0', 'template1'], 'is a database that PostgreSQL reserves'],
];
test.each(invalid)('an invalid %s is refused with its value and the fix', (variable, values, what) => {
	for (const value of values)
		expect(errorsOf({ [variable]: value })).toEqual([
			expect.stringMatching(new RegExp(`^${variable}="[^"]+": ${what}.*\\. Set .+\\.$`)),
		]);
});

test.each(['db', 'my_db', 'db.example.com', '10.0.0.2', '::1', 'fe80::1%eth0', 'bücher.example', '/tmp/a b'])(
	'DB_HOST may be %s',
	(host) => {
		expect(parseSettings({ DB_HOST: host }).endpoint.host).toBe(host);
	},
);

test('all errors are reported in one message, one per line', () => {
	const errors = errorsOf({
		PORT: 'http',
		DB_PORT: '0',
		DB_PASSWORD: '',
		LOG_LEVEL: 'loud',
		DB_OWNER: 'public',
	});
	expect(errors.map((error) => error.split(/[=:]/)[0]).toSorted()).toEqual([
		'DB_OWNER',
		'DB_PASSWORD',
		'DB_PORT',
		'LOG_LEVEL',
		'PORT',
	]);
});

test('a value is shown with control characters escaped, and cut if it is long', () => {
	expect(errorsOf({ PORT: '\u001b[31m\n' })).toEqual([expect.stringContaining('PORT="\\u001b[31m\\n"')]);
	expect(errorsOf({ PORT: 'x'.repeat(10_000) })[0]?.length).toBeLessThan(250);
});

test('an error names the line of the .env that its value is from', () => {
	const origins = new Map([
		['DB_PASSWORD', '.env:7'],
		['PORT', '.env:9'],
	]);
	expect(errorsOf({ DB_PASSWORD: '', PORT: 'x' }, { origins })).toEqual([
		expect.stringMatching(/^DB_PASSWORD \(\.env:7\): is empty/),
		expect.stringMatching(/^PORT="x" \(\.env:9\): /),
	]);
});

test.each([
	'postgres',
	'postgres:18',
	'postgis/postgis:18-3.6',
	'localhost:5000/postgres',
	`postgres@sha256:${'0'.repeat(64)}`,
])('%s is accepted as an image', (image) => {
	expect(parseSettings({ POSTGRES_IMAGE: image }).image).toBe(image);
});

test.each(['post gres', 'Postgres', 'https://example.com/postgres', '-v', 'postgres:'])(
	'%j is refused as an image',
	(image) => {
		expect(errorsOf({ POSTGRES_IMAGE: image })).toEqual([
			expect.stringContaining('is not the name of a container image'),
		]);
	},
);

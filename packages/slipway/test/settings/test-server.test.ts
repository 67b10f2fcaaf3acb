import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TestProvider } from '../../src/provider-names.ts';
import { parseTestServer, readTestServer } from '../../src/settings/index.ts';
import { optionsFromEnvironment } from '../../src/start-options.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

const url = 'postgres://ci:pass%40word@db.example:5433/postgres?sslmode=require';

const read = (environment: NodeJS.ProcessEnv, envFile = '/nonexistent/.env') =>
	readTestServer({ SLIPWAY_TEST_SERVER: url, ...environment }, envFile);

test('the URL of a shared server for tests is read from the environment, or from a file', () => {
	expect(read({})).toBe(url);
	expect(read({ SLIPWAY_TEST_SERVER: '' })).toBe(undefined);
	const file = join(temporaryDirectory(), 'url');
	writeFileSync(file, `${url}\n`);
	expect(read({ SLIPWAY_TEST_SERVER: '', SLIPWAY_TEST_SERVER_FILE: file })).toBe(url);
	expect(parseTestServer(url)).toEqual({
		...{ host: 'db.example', port: 5433, sslMode: 'require' },
		...{ username: 'ci', password: 'pass@word', database: 'postgres' },
	});
	const defaults = { port: 5432, sslMode: 'disable', password: '', database: 'postgres' };
	expect(parseTestServer('postgres://ci@db')).toEqual({ host: 'db', username: 'ci', ...defaults });
});

test.each([
	['db.example:5433', 'does not have the form postgres://'],
	['postgres://db.example/postgres', 'has no username'],
	['postgres://ci:s3cret@/postgres', 'has no host'],
	['postgres://ci:s3cret@db:port/postgres', 'port'],
	['postgres://ci:s3cret@db/postgres?sslmode=prefer', 'sslmode'],
])('the URL %s is refused without its password', (wrong, problem) => {
	const refused = () => parseTestServer(wrong);
	expect(refused).toThrow(problem);
	expect(refused).not.toThrow('s3cret');
});

test('in production it is refused', () => {
	expect(() => read({ NODE_ENV: 'production' })).toThrow(
		'SLIPWAY_TEST_SERVER is set, and NODE_ENV is production',
	);
});

test('the .env of the project counts, and only where the server would be used', () => {
	const root = temporaryDirectory();
	const folder = join(root, 'src');
	mkdirSync(folder);
	writeFileSync(join(root, 'package.json'), '{}');
	writeFileSync(join(root, '.env'), 'DB_HOST=db.example\nDB_PORT=5433\n');
	const given = (environment: NodeJS.ProcessEnv, provider?: TestProvider) =>
		optionsFromEnvironment({ SLIPWAY_TEST_SERVER: url, ...environment }, { folder, provider });
	expect(() => given({})).toThrow('names db.example:5433');
	const embedded = { SLIPWAY_POSTGRES: 'embedded', NODE_ENV: 'production' };
	expect(given(embedded)).toEqual({ provider: 'embedded' });
	expect(() => given(embedded, 'external')).toThrow('NODE_ENV is production');
});

test("the application's server is refused, unless the database is named for tests", () => {
	const same =
		'names db.example:5433, the server that DATABASE_URL, DB_HOST or DB_MIGRATOR_HOST names as well';
	const application = { DATABASE_URL: 'postgres://app:secret@db.example:5433/shop' };
	expect(() => read(application)).toThrow(same);
	expect(() => read({ DB_HOST: 'db.example', DB_PORT: '5433' })).toThrow(same);
	const pooled = { DB_HOST: 'pooler.example', DB_PORT: '6432' };
	expect(() => read({ ...pooled, DB_MIGRATOR_HOST: 'db.example', DB_MIGRATOR_PORT: '5433' })).toThrow(same);
	expect(() => read({ DB_HOST: 'db.example', DB_MIGRATOR_PORT: '5433' })).toThrow(same);
	const envFile = join(temporaryDirectory(), '.env');
	writeFileSync(envFile, `DATABASE_URL=${application.DATABASE_URL}\n`);
	expect(() => read({}, envFile)).toThrow(same);
	const named = url.replace('/postgres?', '/shop_test?');
	expect(read({ ...application, SLIPWAY_TEST_SERVER: named })).toBe(named);
	expect(read({ DB_HOST: 'db.example' })).toBe(url);
});

import { expect, test } from 'vitest';
import {
	adminConnection,
	appConnection,
	migratorConnection,
	parseSettings,
} from '../../src/settings/index.ts';

const settings = parseSettings({ DB_HOST: 'db', DB_SSLMODE: 'require', DATABASE_NAME: 'shop' });
const endpoint = { host: 'db', port: 5432, sslMode: 'require' };

test('each role has its own login, to the database that it works on', () => {
	expect(appConnection(settings)).toEqual({
		...endpoint,
		database: 'shop',
		username: 'app_user',
		password: 'app_password',
	});
	expect(migratorConnection(settings)).toEqual({
		...endpoint,
		database: 'shop',
		username: 'shop_migrator',
		password: 'migrator_password',
	});
	expect(adminConnection(settings)).toEqual({
		...endpoint,
		database: 'postgres',
		username: 'postgres',
		password: 'postgres',
	});
});

test('a login to another endpoint takes nothing but host, port and encryption from it', () => {
	const server = {
		...adminConnection(settings),
		host: '127.0.0.1',
		port: 54_321,
		sslMode: 'disable' as const,
	};
	expect(appConnection(settings, server)).toEqual({
		host: '127.0.0.1',
		port: 54_321,
		sslMode: 'disable',
		database: 'shop',
		username: 'app_user',
		password: 'app_password',
	});
});

test('behind a pooler, migrations and bootstrap connect to the server itself', () => {
	const url = 'postgres://app_user:app_password@pooler:6432/shop?sslmode=require';
	const settings = parseSettings({ DATABASE_URL: url, DB_MIGRATOR_HOST: 'db', DB_MIGRATOR_PORT: '5432' });
	expect(appConnection(settings)).toMatchObject({ host: 'pooler', port: 6432, sslMode: 'require' });
	for (const connection of [migratorConnection(settings), adminConnection(settings)])
		expect(connection).toMatchObject({ host: 'db', port: 5432, sslMode: 'require' });
});

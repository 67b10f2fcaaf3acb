import { describe, expect, test } from 'vitest';
import { toLogin } from '../../src/connection/index.ts';
import {
	appConnection,
	appVariables,
	migratorConnection,
	parseSettings,
	parseTestServer,
	readTestServer,
} from '../../src/settings/index.ts';
import { errorsOf, slipwayErrorOf } from './errors-of.ts';

const url = 'postgres://clerk:secret@h1:6001,[::1]:6002,h3/shop?sslmode=require&target_session_attrs=any';
const choice = {
	hosts: [
		{ host: 'h1', port: 6001 },
		{ host: '::1', port: 6002 },
		{ host: 'h3', port: 5432 },
	],
	target: 'read-write',
};

describe('several hosts', () => {
	test('may be in DATABASE_URL, each with its port, and Slipway uses the one that accepts writes', () => {
		const settings = parseSettings({ DATABASE_URL: url });
		for (const login of [appConnection(settings), migratorConnection(settings)])
			expect(login).toMatchObject({ host: 'h1', port: 6001, sslMode: 'require', choice });
	});

	test('may be lists in DB_HOST and DB_PORT, and both forms together', () => {
		const lists = { DB_HOST: 'h1,::1,h3', DB_PORT: '6001,6002,5432', DB_SSLMODE: 'require' };
		const { endpoint } = parseSettings({ DATABASE_URL: url });
		expect(parseSettings(lists).endpoint).toEqual(endpoint);
		expect(parseSettings({ ...lists, DATABASE_URL: url }).endpoint).toEqual(endpoint);
	});

	test.each([
		[{ DB_HOST: 'h1,h2' }, 5432],
		[{ DB_HOST: 'h1,h2', DB_PORT: '6001' }, 6001],
		[{ DATABASE_URL: 'postgres://h1,h2/shop', DB_PORT: '6001' }, 6001],
		[{ DATABASE_URL: 'postgres://h1:6001,h2:6001/shop', DB_PORT: '6001' }, 6001],
		[{ DATABASE_URL: 'postgres://:6001/shop?host=h1,h2' }, 6001],
	])('may have one port for all: %o', (variables, port) => {
		expect(parseSettings(variables).endpoint.choice?.hosts).toEqual([
			{ host: 'h1', port },
			{ host: 'h2', port },
		]);
	});

	test.each([
		[
			{ DB_HOST: 'h1,h2,h3', DB_PORT: '1,2' },
			'DB_PORT="1,2": has 2 ports, and DB_HOST="h1,h2,h3" has 3 hosts.',
		],
		[{ DB_HOST: 'h1', DB_PORT: '1,2' }, 'DB_PORT="1,2": has 2 ports, and DB_HOST="h1" has 1 host.'],
		[{ DB_HOST: 'h1,h2', DB_PORT: '1,2', DB_MIGRATOR_HOST: 'db' }, 'and DB_MIGRATOR_HOST="db" has 1 host.'],
	])('that do not match the ports are an error: %o', (variables, error) => {
		expect(errorsOf(variables)).toEqual([expect.stringContaining(error)]);
	});

	test('are printed in the form of libpq, and read back as the same settings', () => {
		const app = appConnection(parseSettings({ DATABASE_URL: url }));
		const printed = url.replace(/h3.*/, 'h3:5432/shop?sslmode=require&target_session_attrs=read-write');
		const { env } = toLogin(app);
		expect(env).toMatchObject({
			DATABASE_URL: printed,
			PGHOST: 'h1,::1,h3',
			PGPORT: '6001,6002,5432',
			PGTARGETSESSIONATTRS: 'read-write',
		});
		expect(appConnection(parseSettings({ ...appVariables(app), DATABASE_URL: printed }))).toEqual(app);
	});
});

describe('a server for tests', () => {
	test('may not be one of the hosts of the application', () => {
		const environment = { DB_HOST: 'h1,h2', SLIPWAY_TEST_SERVER: 'postgres://admin:p@h2' };
		expect(slipwayErrorOf(() => readTestServer(environment, '/nonexistent'))?.message).toContain(
			'names h2:5432, the server that DATABASE_URL, DB_HOST or DB_MIGRATOR_HOST names as well',
		);
	});

	test.each(['h1,h2', 'h1?sslcert=c.pem', 'h1?target_session_attrs=primary'])('cannot be %s', (server) => {
		expect(slipwayErrorOf(() => parseTestServer(`postgres://admin:p@${server}`))?.code).toBe(
			'invalid-settings',
		);
	});
});

describe('DB_READ_URL', () => {
	const readEndpointOf = (DB_READ_URL: string, others = {}) =>
		parseSettings({ DATABASE_URL: url, DB_READ_URL, ...others }).readEndpoint;

	test('names the replicas, and needs no login', () => {
		expect(readEndpointOf('postgres://r1,r2:6003/')).toEqual({
			host: 'r1',
			port: 5432,
			sslMode: 'require',
			choice: {
				hosts: [
					{ host: 'r1', port: 5432 },
					{ host: 'r2', port: 6003 },
				],
				target: 'prefer-standby',
			},
		});
		expect(parseSettings({ DATABASE_URL: url }).readEndpoint).toBe(undefined);
	});

	test.each(['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'])(
		'may ask for %s',
		(target) => {
			const read = `postgres://clerk:secret@r1/shop?target_session_attrs=${target}&sslmode=disable`;
			expect(readEndpointOf(read)).toMatchObject({ sslMode: 'disable', choice: { target } });
		},
	);

	test.each([
		['postgres://r1/other', 'DB_READ_URL, database "other": is not that of the app\'s own login.'],
		['postgres://reader@r1', 'DB_READ_URL, username "reader": is not that of the app\'s own login.'],
		['postgres://clerk:hidden@r1', "DB_READ_URL, password: is not that of the app's own login."],
		['postgres://r1:0', 'DB_READ_URL, port: is not a port number'],
		['postgres://r1?target_session_attrs=replica', 'target_session_attrs "replica": is not one of any,'],
		['r1', 'DB_READ_URL: does not have the form postgres://'],
		['postgres://', 'DB_READ_URL, host (default ""): is not a host name'],
		['postgres://r1?sslcert=/c.crt', 'DB_READ_URL, sslcert "/c.crt": is not that of the app\'s own login.'],
	])('%s is refused', (DB_READ_URL, error) => {
		expect(errorsOf({ DATABASE_URL: url, DB_READ_URL })).toEqual([expect.stringContaining(error)]);
	});

	test('does not reach programs whose login Slipway sets', () => {
		const app = appConnection(parseSettings({ DB_HOST: 'db' }));
		const variables = { DB_READ_URL: 'postgres://r1', ...appVariables(app) };
		expect(parseSettings(variables).readEndpoint).toBe(undefined);
	});
});

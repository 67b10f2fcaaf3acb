import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSettings } from '../../src/settings/index.ts';
import { hosts, names, passwords, ports } from './arbitraries.ts';
import { errorsOf } from './errors-of.ts';

const fromUrl = (DATABASE_URL: string) => parseSettings({ DATABASE_URL });

test('a complete URL sets endpoint, login and database', () => {
	expect(fromUrl('postgres://clerk:secret@db:6543/shop?sslmode=require')).toMatchObject({
		endpoint: { host: 'db', port: 6543, sslMode: 'require' },
		database: { name: 'shop', owner: 'shop_owner', app: { username: 'clerk', password: 'secret' } },
	});
});

const short: [url: string, host: string, port: number, name: string][] = [
	['postgres://', 'localhost', 5432, 'app'],
	['postgresql://db', 'db', 5432, 'app'],
	['postgres://db/shop', 'db', 5432, 'shop'],
	['postgres://db:6543/', 'db', 6543, 'app'],
	['postgres://:6543', 'localhost', 6543, 'app'],
	['postgres:///shop?', 'localhost', 5432, 'shop'],
	['postgres://[::1]:6543/shop', '::1', 6543, 'shop'],
	['postgres:///shop?host=/run/postgresql', '/run/postgresql', 5432, 'shop'],
	['postgres://:6543/shop?host=%2Frun%2Fpg&sslmode=disable', '/run/pg', 6543, 'shop'],
	['postgres://%2Frun%2Fpg/shop', '/run/pg', 5432, 'shop'],
];
test.each(short)('parts that %s leaves out have their defaults', (url, host, port, name) => {
	const { endpoint, database } = fromUrl(url);
	expect({ ...endpoint, name: database.name }).toEqual({ host, port, sslMode: 'disable', name });
	expect(database.app).toEqual({ username: 'app_user', password: 'app_password' });
});

test('variables set the parts that the URL leaves out', () => {
	const settings = parseSettings({
		DATABASE_URL: 'postgres://clerk@db/shop',
		DB_PASSWORD: 'p',
		DB_PORT: '6543',
	});
	expect(settings.database.app).toEqual({ username: 'clerk', password: 'p' });
	expect(settings.endpoint).toEqual({ host: 'db', port: 6543, sslMode: 'disable' });
});

test('a URL with encoded parts equals the separate variables, and both may be set', () => {
	fc.assert(
		fc.property(names, passwords, hosts, ports, names, (username, password, host, port, name) => {
			const pieces = {
				DB_USERNAME: username,
				DB_PASSWORD: password,
				DB_HOST: host,
				DB_PORT: String(port),
				DATABASE_NAME: name,
				DB_OWNER: '1',
				DB_MIGRATOR_USERNAME: '2',
				DB_ADMIN_USERNAME: '3',
			};
			fc.pre(!['1', '2', '3'].includes(username));
			const { DB_OWNER, DB_MIGRATOR_USERNAME, DB_ADMIN_USERNAME } = pieces;
			const DATABASE_URL = urlOf(username, password, host, port, name);
			const settings = parseSettings({ DATABASE_URL, DB_OWNER, DB_MIGRATOR_USERNAME, DB_ADMIN_USERNAME });
			expect(settings).toEqual(parseSettings(pieces));
			expect(parseSettings({ ...pieces, DATABASE_URL })).toEqual(settings);
		}),
	);
});

function urlOf(username: string, password: string, host: string, port: number, name: string): string {
	const address = host.includes(':') ? `[${host}]` : encodeURIComponent(host);
	const login = `${encodeURIComponent(username)}:${encodeURIComponent(password)}`;
	return `postgres://${login}@${address}:${port}/${encodeURIComponent(name)}`;
}

const differing: [variable: string, value: string, label: string][] = [
	['DB_HOST', 'other', 'DATABASE_URL, host "db"'],
	['DB_PORT', '5432', 'DATABASE_URL, port "6543"'],
	['DB_USERNAME', 'other', 'DATABASE_URL, username "clerk"'],
	['DATABASE_NAME', 'other', 'DATABASE_URL, database "shop"'],
	['DB_SSLMODE', 'disable', 'DATABASE_URL, sslmode "require"'],
];
test.each(differing)(
	'a %s that differs from the URL is an error that shows both values',
	(variable, value, label) => {
		const DATABASE_URL = 'postgres://clerk:secret@db:6543/shop?sslmode=require';
		expect(errorsOf({ DATABASE_URL, [variable]: value })).toEqual([
			`${variable}="${value}": differs from ${label}. Remove one of the two, or make them the same.`,
		]);
	},
);

test('a password that differs from that of the URL is an error that shows neither', () => {
	expect(errorsOf({ DATABASE_URL: 'postgres://u:first@db', DB_PASSWORD: 'second' })).toEqual([
		'DB_PASSWORD: differs from DATABASE_URL, password. Remove one of the two, or make them the same.',
	]);
});

test.each([
	'',
	'mysql://db/app',
	'POSTGRES://db/app',
	'postgres:/db/app',
	'db:5432/app',
	'postgres://u:p/w@db/app',
	'postgres://u:p?w@db/app',
	'postgres://u:p#w@db/app',
	'postgres://u:p@w@db/app',
	'postgres://db/app#part',
	'postgres://db/app/more',
	'postgres://::1/app',
	' postgres://db/app\n',
])('%j is refused, and an empty one counts as not set', (url) => {
	const errors = errorsOf({ DATABASE_URL: url });
	if (url === '') return expect(errors).toEqual([]);
	expect(errors).toHaveLength(1);
	expect(errors[0]).toMatch(/^DATABASE_URL(: does not have the form|, port: is not a port)/);
});

const invalid: [url: string, error: string][] = [
	['postgres://u:p@db:0/app', 'DATABASE_URL, port "0": is not a port number'],
	['postgres://u:p@h1:1,h2:0/app', 'DATABASE_URL, port "1,0": is not a port number'],
	['postgres://h1,h2!/app', 'DATABASE_URL, host "h1,h2!": is not a host name'],
	[
		'postgres://h1,h2/app?target_session_attrs=write',
		'target_session_attrs "write": is not one of any, read-',
	],
	['postgres://h1,h2/app?target_session_attrs=standby', 'Name replicas in DB_READ_URL.'],
	['postgres://db/app?sslmode=require&sslrootcert=system', 'sslrootcert "system": needs sslmode=verify-full'],
	['postgres://pg_x@db/app', 'DATABASE_URL, username "pg_x": is a role name that PostgreSQL reserves'],
	['postgres://db/template1', 'DATABASE_URL, database "template1": is a database that PostgreSQL reserves'],
	['postgres://db/a%00b', 'DATABASE_URL, database "a\\u0000b": contains a NUL character'],
	['postgres://u:@db/app', 'DATABASE_URL, password: is empty'],
	[
		'postgres://u:100%@db/app',
		'DATABASE_URL, password: has a % that does not begin an encoded UTF-8 character',
	],
	[
		'postgres://u:%ff@db/app',
		'DATABASE_URL, password: has a % that does not begin an encoded UTF-8 character',
	],
	['postgres://db/app?sslmode=prefer', 'DATABASE_URL, sslmode "prefer": is not one of disable'],
	['postgres://db/app?pool=3&x', 'DATABASE_URL: has a parameter that Slipway does not know: "pool", "x". '],
	['postgres://db/app?password=p&half', 'DATABASE_URL: has a parameter that Slipway does not know. '],
	['postgres://db/app?sslmode', 'DATABASE_URL: has a parameter that Slipway does not know: "sslmode". '],
	['postgres://db/app?toString=1', 'DATABASE_URL: has a parameter that Slipway does not know: "toString". '],
	[
		'postgres://db/app?sslmode=disable&sslmode=require',
		'DATABASE_URL: has the parameter sslmode more than once',
	],
	['postgres://db/app?host=/run', 'DATABASE_URL: has one host before the database and another in ?host='],
];
test.each(invalid)('%s is refused, and the error names the invalid part', (url, error) => {
	expect(errorsOf({ DATABASE_URL: url })).toEqual([expect.stringContaining(error)]);
});

test('every error in a URL is reported', () => {
	expect(errorsOf({ DATABASE_URL: 'postgres://pg_x:%@a b:0/template0?x=1' })).toHaveLength(6);
});

test('an invalid URL does not count as a missing one', () => {
	const options = { roles: ['app'] } as const;
	expect(errorsOf({ NODE_ENV: 'production', DATABASE_URL: 'db', DB_HOST: 'other' }, options)).toHaveLength(1);
});

test.each([
	['Neon', 'sslmode=verify-full&channel_binding=require'],
	['Supabase', 'sslmode=require&pgbouncer=true&connection_limit=1&supa=base-pooler.x'],
	['Prisma', 'schema=public&connection_limit=5&pool_timeout=0&connect_timeout=15&statement_cache_size=0'],
	['PlanetScale', 'sslmode=verify-full&sslrootcert=system'],
	[
		'libpq',
		'application_name=shop&connect_timeout=10&keepalives_idle=60&client_encoding=UTF8&gssencmode=disable',
	],
	['libpq', 'channel_binding=prefer&target_session_attrs=read-write&sslnegotiation=postgres&options='],
	['pg', 'uselibpqcompat=true&sslmode=require'],
])('harmless parameters in a URL for %s, %s, are ignored', (_, query) => {
	const sslmode = /sslmode=[\w-]+/.exec(query)?.[0] ?? '';
	const url = 'postgres://clerk:secret@db:6543/shop';
	expect(fromUrl(`${url}?${query}`)).toEqual(fromUrl(`${url}?${sslmode}`));
});

test.each([
	['sslmode=require&channel_binding=require', 'Set sslmode=verify-full'],
	['channel_binding=require', 'Set sslmode=verify-full'],
	['sslcrl=%2Fcrl.pem', 'Remove it'],
	['ssl=true', 'Set sslmode=require'],
	['sslaccept=accept_invalid_certs', 'Set sslmode=require'],
	['options=-c%20search_path%3Delsewhere', 'ALTER ROLE'],
	['options=endpoint%3Dep-1', 'ALTER ROLE'],
	['schema=shop', 'ALTER ROLE'],
	['client_encoding=LATIN1', 'Remove it'],
	['load_balance_hosts=random', 'Remove it'],
	['sslnegotiation=direct', 'Remove it'],
	['gssencmode=require', 'Remove it'],
	['statement_timeout=100', 'Remove it'],
])('%s is refused once, with the name of the parameter and the fix', (query, fix) => {
	const name = query.split('&').at(-1)?.split('=')[0];
	expect(errorsOf({ DATABASE_URL: `postgres://clerk:secret@db/shop?${query}` })).toEqual([
		expect.stringContaining(
			`DATABASE_URL: has the parameter ${name} with a value that Slipway does not support. `,
		),
	]);
	expect(errorsOf({ DATABASE_URL: `postgres://clerk:secret@db/shop?${query}` })[0]).toContain(fix);
});

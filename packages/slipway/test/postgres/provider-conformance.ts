import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import type { PostgresServer } from '../../src/postgres/index.ts';

/** What holds for every provider that starts servers. */
export function testProvider(start: () => Promise<PostgresServer>): void {
	let first: PostgresServer;
	let second: PostgresServer;
	beforeAll(async () => {
		[first, second] = await Promise.all([start(), start()]);
	});
	afterAll(async () => {
		await Promise.all([first.stop(), second.stop()]);
	});

	test('the admin may create roles and databases', async () => {
		const [role] = await withClient(
			first.admin,
			(sql) => sql`SELECT rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user`,
		);
		expect(role).toEqual({ rolcreaterole: true, rolcreatedb: true });
	});

	test('two servers that start at once share no data', async () => {
		await withClient(first.admin, (sql) => sql`CREATE ROLE only_here`);
		const found = await withClient(
			second.admin,
			(sql) => sql`SELECT FROM pg_roles WHERE rolname = 'only_here'`,
		);
		expect(found).toHaveLength(0);
	});

	test('a wrong password is rejected', async () => {
		const stranger = { ...first.admin, password: 'guessed' };
		await expect(withClient(stranger, async () => 'let in')).rejects.toMatchObject({
			code: 'wrong-password',
		});
	});

	test('a login of one server does not work on another', async () => {
		const stranger = { ...first.admin, port: second.admin.port };
		await expect(withClient(stranger, async () => 'let in')).rejects.toMatchObject({
			code: 'wrong-password',
		});
	});

	test('passwords are stored as SCRAM verifiers, and no login works without one', async () => {
		const [facts] = await withClient(
			first.admin,
			(sql) => sql`
				SELECT (SELECT bool_and(rolpassword LIKE 'SCRAM-SHA-256$%') FROM pg_authid WHERE rolcanlogin) AS scram_only,
				       (SELECT string_agg(DISTINCT auth_method, ' ') FROM pg_hba_file_rules) AS methods`,
		);
		expect(facts).toEqual({ scram_only: true, methods: 'scram-sha-256' });
	});

	test('it listens on loopback only', async () => {
		const outside = Object.values(networkInterfaces())
			.flat()
			.find((address) => address?.family === 'IPv4' && !address.internal);
		if (outside !== undefined) {
			const remote = { ...first.admin, host: outside.address };
			await expect(withClient(remote, async () => 'let in')).rejects.toMatchObject({
				code: 'server-refuses',
			});
		}
	});

	test('a stopped server no longer answers, and stopping it again does nothing', async () => {
		const server = await start();
		await Promise.all([server.stop(), server[Symbol.asyncDispose]()]);
		await server.stop();
		await expect(withClient(server.admin, async () => 'let in')).rejects.toMatchObject({
			code: 'server-refuses',
		});
	});
}

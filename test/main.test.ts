import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { type PreparedServer, withClient } from 'slipway';
import { runProcess } from 'slipway/test-helpers/child-process';
import { eventually } from 'slipway/test-helpers/eventually';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { login, migrations, serviceCommand, startService } from './helpers/service-process.ts';
import { visit } from './helpers/visitors.ts';

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations });
});
afterAll(() => server[Symbol.asyncDispose]());

const tableValue = async () =>
	Number(
		(await withClient(server.app, (sql) => sql`SELECT value FROM counter WHERE name = 'visits'`))[0]?.value,
	);

describe('the service', () => {
	test('is ready on a migrated database, counts, and logs its address', async () => {
		await using service = await startService(server.app);
		expect(await (await fetch(`${service.address}readyz`)).json()).toEqual({ ready: true });
		const before = await tableValue();
		expect(await (await fetch(service.address)).text()).toContain(`<h1>Counter: ${before + 1}</h1>`);
		service.child.kill('SIGTERM');
		const { status, log } = await service.ended;
		expect(status).toBe(0);
		expect(log).toContain(`"address":"${service.address}"`);
	});

	test.each(['SIGTERM', 'SIGINT'] as const)(
		'%s under load: every request is answered, and no hit is lost',
		async (signal) => {
			await using service = await startService(server.app);
			const before = await tableValue();
			const { visits, done } = visit(service.address, 64, () => true);
			await eventually(() => visits.numbers.length > 2000);
			service.child.kill(signal);
			await done;
			const { numbers, refusals, unanswered } = visits;
			expect(await service.ended).toMatchObject({ status: 0 });
			expect({ refusals, unanswered }).toEqual({ refusals: [], unanswered: 0 });
			expect(new Set(numbers).size).toBe(numbers.length);
			expect(await tableValue()).toBe(before + numbers.length);
		},
	);

	test('logs what delays a stop', async () => {
		await using service = await startService(server.app);
		// The hit fails soon, so there is no time for logins in between.
		await withClient(server.admin, (watcher) =>
			withClient(server.app, (holder) =>
				holder.begin(async (sql) => {
					await sql`SELECT FROM counter WHERE name = 'visits' FOR UPDATE`;
					const answer = fetch(service.address);
					await eventually(async () => {
						const waiting = await watcher`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`;
						return waiting.length === 1;
					});
					service.child.kill('SIGTERM');
					expect((await answer).status).toBe(503);
				}),
			),
		);
		const { status, log } = await service.ended;
		expect(status).toBe(0);
		expect(log).toMatch(/"unanswered":1,"unread":0,"msg":"still stopping/);
	});

	test('exits when its parent process is gone', async () => {
		await using service = await startService(server.app);
		service.child.disconnect();
		expect(await service.ended).toMatchObject({ status: 0 });
	});

	test('starts without a database, and is not ready', async () => {
		await using service = await startService({
			...server.app,
			host: '127.0.0.1',
			port: 1,
			password: 'SECRET',
		});
		expect((await fetch(`${service.address}livez`)).status).toBe(200);
		const ready = await fetch(`${service.address}readyz`);
		expect(ready.status).toBe(503);
		expect(await ready.json()).toEqual({ ready: false, reason: 'the database does not respond' });
		expect((await fetch(service.address)).status).toBe(503);
		service.child.kill('SIGTERM');
		const { status, log } = await service.ended;
		expect(status).toBe(0);
		expect(log).toContain('nothing listens on 127.0.0.1:1');
		expect(log).not.toContain('SECRET');
	});

	test('lists pending migrations', async () => {
		await using empty = await startTestDatabase();
		await using service = await startService(empty.app);
		const ready = await fetch(`${service.address}readyz`);
		expect(ready.status).toBe(503);
		expect(await ready.json()).toMatchObject({
			ready: false,
			reason: 'migrations are pending',
			pending: readdirSync(migrations).map((file) => file.replace('.sql', '')),
		});
	});
});

describe('an error at startup', () => {
	const start = (environment: Record<string, string>, ...args: string[]) =>
		runProcess(process.execPath, [...serviceCommand, ...args], {
			env: { ...login(server.app), ...environment },
		});

	async function takenPort(): Promise<string> {
		const other = createServer().listen(0, '127.0.0.1');
		onTestFinished(() => void other.close());
		await once(other, 'listening');
		return String((other.address() as AddressInfo).port);
	}

	test('such as a port in use is one message with a fix', async () => {
		const port = await takenPort();
		const { status, stderr } = await start({ HOST: '127.0.0.1', PORT: port });
		expect(status).toBe(1);
		expect(stderr).toMatch(/^error: port \d+ on 127\.0\.0\.1 is in use by another program\n {2}.*PORT=\d+/);
		expect(stderr).not.toContain('    at ');
	});

	test('has a stack trace with --verbose', async () => {
		const port = await takenPort();
		const { status, stderr } = await start({ HOST: '127.0.0.1', PORT: port }, '--verbose');
		expect(status).toBe(1);
		expect(stderr).toContain('    at ');
	});

	test('such as an invalid setting names it', async () => {
		const { status, stderr } = await start({ PORT: 'many' });
		expect(status).toBe(1);
		expect(stderr).toContain('PORT');
		expect(stderr).not.toContain('    at ');
	});
});

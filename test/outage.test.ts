import { startCuttingProxy } from 'slipway/test-helpers/cutting-proxy';
import { eventually } from 'slipway/test-helpers/eventually';
import { makeServerDirectory, startTestDatabase } from 'slipway/test-helpers/server';
import { signalServer } from 'slipway/test-helpers/signal-server';
import { test } from 'vitest';
import { migrations, startService } from './helpers/service-process.ts';
import { expectUniqueNumbers } from './helpers/unique-numbers.ts';
import { visit } from './helpers/visitors.ts';

const database = {
	name: 'app',
	owner: 'app_owner',
	migrator: { username: 'app_migrator', password: 'for the migrator' },
	app: { username: 'app_user', password: 'for the app' },
};

test('when PostgreSQL is killed under load, visits fail until it is back, and no number is shown twice', async () => {
	await using directory = makeServerDirectory();
	const start = () => startTestDatabase({ directory: directory.path, migrations, database });
	let server = await start();
	try {
		await using service = await startService(server.app);
		let wanted = true;
		const { visits, done } = visit(service.address, 32, () => wanted);
		await eventually(() => visits.numbers.length > 1000);
		await signalServer(server.admin, 'SIGKILL');
		await eventually(() => visits.refusals.length > 64);
		await server[Symbol.asyncDispose]();
		server = await start();
		const before = visits.numbers.length;
		await eventually(() => visits.numbers.length > before + 1000);
		wanted = false;
		await done;

		await expectUniqueNumbers(visits, server.app);
	} finally {
		await server[Symbol.asyncDispose]();
	}
});

test('when logins to PostgreSQL are cut off, at whatever point, the service responds with 503 and recovers', async () => {
	await using server = await startTestDatabase({ migrations, database });
	/** The message of a connection at which the proxy cuts it off. */
	let cutting = Number.POSITIVE_INFINITY;
	await using proxy = await startCuttingProxy(server.admin, ({ messages }) => messages >= cutting);
	await using service = await startService({ ...server.app, host: proxy.host, port: proxy.port });
	for (const moment of [0, 1, 2, 3, 4]) {
		cutting = moment;
		await eventually(async () => (await fetch(service.address)).status === 503);
		cutting = Number.POSITIVE_INFINITY;
		await eventually(async () => (await fetch(service.address)).status === 200);
	}
});

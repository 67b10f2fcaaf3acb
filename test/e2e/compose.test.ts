import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Connection, withClient } from 'slipway';
import { startProcess } from 'slipway/test-helpers/child-process';
import { describeWithEngineHere } from 'slipway/test-helpers/engine-here';
import { eventually } from 'slipway/test-helpers/eventually';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { visit } from '../helpers/visitors.ts';
import { ask, removeOwned } from './engine.ts';
import { Stack } from './stack.ts';

/** Runs a statement over the published port, like a psql on this machine. */
async function query(stack: Stack, login: Partial<Connection>, statement: string) {
	const [host = '', port] = (await stack.address('db')).split(':');
	const app = {
		username: 'app_user',
		password: 'app_password',
		database: 'app',
		sslMode: 'disable',
	} as const;
	return await withClient({ ...app, host, port: Number(port), ...login }, (sql) => sql.unsafe(statement));
}

async function countOf(stack: Stack): Promise<number> {
	const [row] = await query(stack, {}, `SELECT value::int FROM counter WHERE name = 'visits'`);
	return Number(row?.value);
}

describeWithEngineHere('docker compose up on a clean clone', () => {
	let stack: Stack;
	beforeAll(async () => {
		stack = new Stack();
		await stack.up();
	});
	afterAll(async () => {
		await stack?.[Symbol.asyncDispose]();
		await removeOwned();
	});

	test('serves the counter, whose value is in the database', async () => {
		const number = await stack.visit();
		expect(await stack.visit()).toBe(number + 1);
		expect(await countOf(stack)).toBe(number + 1);
	});

	test('starts each service when the one before it is done or healthy', async () => {
		const states = await Promise.all(
			['preflight', 'db', 'bootstrap', 'migrate', 'web'].map(
				async (name) => (await stack.inspect(name)).State,
			),
		);
		const [preflight, db, bootstrap, migrate, web] = states;
		expect([preflight, bootstrap, migrate].map((state) => state?.ExitCode)).toEqual([0, 0, 0]);
		const order = [
			preflight?.FinishedAt,
			db?.StartedAt,
			bootstrap?.StartedAt,
			bootstrap?.FinishedAt,
			migrate?.StartedAt,
			migrate?.FinishedAt,
			web?.StartedAt,
		].map((time) => Date.parse(time ?? ''));
		expect(order).toEqual(order.toSorted((a, b) => a - b));
	});

	test('publishes ports on this machine only', async () => {
		const containers = await Promise.all(['web', 'db'].map((name) => stack.inspect(name)));
		const bindings = containers.flatMap(({ HostConfig }) => Object.values(HostConfig.PortBindings).flat());
		expect(bindings.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1', '127.0.0.1']);
	});

	test.each(['preflight', 'bootstrap', 'migrate', 'web'])(
		'gives %s no capabilities and no writable file system',
		async (service) => {
			const { Config, HostConfig } = await stack.inspect(service);
			expect(Config.User).toBe('1000:1000');
			expect(HostConfig).toMatchObject({
				ReadonlyRootfs: true,
				CapDrop: ['ALL'],
				SecurityOpt: ['no-new-privileges:true'],
			});
		},
	);

	test('runs node as the first process, without capabilities and without a way to gain any', async () => {
		const status = await stack.ask('exec', '-T', 'web', 'cat', '/proc/1/cmdline', '/proc/1/status');
		expect(status).toMatch(/^node\0src\/main\.js\0/);
		expect(status).toMatch(/^CapBnd:\t0+$/m);
		expect(status).toMatch(/^NoNewPrivs:\t1$/m);
		const { stderr } = await stack.run(['exec', '-T', 'web', 'touch', '/app/x']);
		expect(stderr).toContain('Read-only file system');
	});

	test('changes nothing the second time', async () => {
		const number = await stack.visit();
		const before = await Promise.all(['db', 'web'].map((name) => stack.inspect(name)));
		await stack.up();
		const after = await Promise.all(['db', 'web'].map((name) => stack.inspect(name)));
		const identities = (containers: typeof before) =>
			containers.map(({ Id, State: { StartedAt } }) => ({ Id, StartedAt }));
		expect(identities(after)).toEqual(identities(before));
		expect(await stack.visit()).toBe(number + 1);
	});

	test('runs other subcommands of migrate, and bootstrap with options', async () => {
		expect(await stack.ask('run', '--rm', '-T', 'migrate', 'status')).toMatch(
			/^STATE .*\napplied .*_create-counter/m,
		);
		expect(await stack.ask('run', '--rm', '-T', 'migrate', 'down', '--dry-run')).toMatch(
			/^DROP TABLE \w+;$/m,
		);
		expect(await stack.ask('run', '--rm', '-T', 'bootstrap', '--dry-run')).toMatch(/^nothing to do: /m);
	});

	test('exposes the default passwords in no image and in no process arguments', async () => {
		const image = await ask('image', 'inspect', `${stack.project}-web`);
		const history = await ask('history', '--no-trunc', `${stack.project}-web`);
		const processes = await stack.ask('top');
		expect(processes).toContain('node src/main.js');
		expect(image + history + processes).not.toMatch(/app_password|migrator_password/);
	});

	test('stops the service gracefully under load: no hit is lost, and none is counted twice', async () => {
		const before = await countOf(stack);
		const { Id } = await stack.inspect('web');
		const { visits, done } = visit(`http://${await stack.address('web')}/`, 64, () => true);
		await eventually(() => visits.numbers.length > 1000);
		await ask('stop', Id);
		await done;
		expect((await stack.inspect('web')).State.ExitCode).toBe(0);
		expect(new Set(visits.numbers).size).toBe(visits.numbers.length);
		expect(await countOf(stack)).toBe(before + visits.numbers.length);
		await stack.up();
	});

	test.each(['db', 'web'])(
		'starts %s again when it is killed, and counts on without losing a number',
		async (service) => {
			const number = await stack.visit();
			const { Id, RestartCount } = await stack.inspect(service);
			await stack.kill(service);
			const visitAgain = () => stack.visit().catch(() => Number.NaN);
			await eventually(async () => (await stack.inspect(service)).RestartCount > RestartCount);
			await eventually(async () => (await visitAgain()) > number);
			expect((await stack.inspect(service)).Id).toBe(Id);
			await stack.up();
		},
	);

	test('starts nothing again that was to run once', async () => {
		const policies = await Promise.all(
			['preflight', 'bootstrap', 'migrate'].map(
				async (name) => (await stack.inspect(name)).HostConfig.RestartPolicy.Name,
			),
		);
		expect(policies).toEqual(['no', 'no', 'no']);
	});

	test('runs beside another checkout whose folder has the same name, given a name and ports in its .env', async () => {
		await using other = new Stack({ COMPOSE_PROJECT_NAME: '', PORT: '', DB_PORT: '' });
		const settings = { COMPOSE_PROJECT_NAME: other.project, PORT: '0', DB_PORT: '0' };
		const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
		writeFileSync(join(other.folder, '.env'), lines.join(''));
		const { status, stderr } = await startProcess('docker', ['compose', 'up', '--wait'], {
			cwd: other.folder,
		}).finished;
		expect(status, stderr).toBe(0);
		const web = await ask('port', `${other.project}-web-1`, '3000');
		expect(await (await fetch(`http://${web}/`)).text()).toContain('<h1>Counter: 1</h1>');
		expect(await stack.visit()).toBeGreaterThan(1);
	});
});

describeWithEngineHere('docker compose', () => {
	afterAll(removeOwned);

	test('publishes 3000 and 5432 by default, or PORT and DB_PORT', async () => {
		await using stack = new Stack();
		const published = async (variables: Record<string, string>) => {
			const { stdout } = await stack.run(['config', '--format', 'json'], variables);
			const { services } = JSON.parse(stdout);
			return [services.web.ports[0], services.db.ports[0]].map((port) => `${port.host_ip}:${port.published}`);
		};
		expect(await published({ PORT: '', DB_PORT: '' })).toEqual(['127.0.0.1:3000', '127.0.0.1:5432']);
		expect(await published({ PORT: '8080', DB_PORT: '6543' })).toEqual(['127.0.0.1:8080', '127.0.0.1:6543']);
	});

	test('down and up keep the count; bootstrap applies a new password, and reports a wrong one of the admin', async () => {
		await using stack = new Stack({ DATABASE_NAME: 'shop', DB_USERNAME: 'shop_app', LOG_LEVEL: 'debug' });
		await stack.up();
		expect(await stack.visit()).toBe(1);
		await stack.ask('down');
		await stack.up({ DB_PASSWORD: 'new $ecret' });
		expect(await stack.visit()).toBe(2);
		const login = { username: 'shop_app', database: 'shop', password: 'new $ecret' };
		expect(await query(stack, login, 'SELECT current_user AS name')).toEqual([{ name: 'shop_app' }]);
		await expect(query(stack, { ...login, password: 'app_password' }, '')).rejects.toThrow(/does not accept/);
		expect(await stack.ask('logs', 'web')).toContain('"level":20');

		const { status } = await stack.run(['up', '--wait'], { DB_ADMIN_PASSWORD: 'wrong' });
		expect(status).not.toBe(0);
		expect(await stack.ask('logs', '--no-log-prefix', 'bootstrap')).toMatch(
			/error: db:5432 does not accept the password of "postgres"\n {2}Correct .* keeps the passwords that it was created with/,
		);
	});

	test('reads passwords from files, which then appear in no environment', async () => {
		await using stack = new Stack({
			DB_PASSWORD_FILE: 'app.secret',
			DB_MIGRATOR_PASSWORD_FILE: './migrator.secret',
			DB_ADMIN_PASSWORD_FILE: 'admin.secret',
		});
		for (const role of ['app', 'migrator', 'admin'])
			writeFileSync(join(stack.folder, `${role}.secret`), `of-$the-${role}:@\n`);
		await stack.up();
		expect(await stack.visit()).toBe(1);
		for (const username of ['app_user', 'app_migrator', 'postgres']) {
			const role = username
				.replace(/^app_user$/, 'app')
				.replace('app_', '')
				.replace('postgres', 'admin');
			await query(
				stack,
				{ username, password: `of-$the-${role}:@`, database: username === 'postgres' ? 'postgres' : 'app' },
				'',
			);
		}
		const containers = await Promise.all(
			['db', 'bootstrap', 'migrate', 'web'].map((name) => stack.inspect(name)),
		);
		const environments = JSON.stringify(containers.map(({ Config }) => Config.Env));
		expect(environments).toContain('/run/secrets/db_password');
		expect(environments).not.toContain('of-$the');
	});

	test('up --wait ends with an error when the database does not start', async () => {
		await using stack = new Stack();
		await stack.createVolume();
		const volume = `${stack.project}_db:/var/lib/postgresql`;
		const script = 'mkdir -p /var/lib/postgresql/18/docker && touch /var/lib/postgresql/18/docker/x';
		await ask(
			'run',
			'--rm',
			'--user=0',
			`--volume=${volume}`,
			'--entrypoint=sh',
			'postgres:18',
			'-c',
			script,
		);
		const { status, stderr } = await stack.run(['up', '--wait']);
		expect(status).not.toBe(0);
		expect(stderr).toMatch(/dependency failed to start: container .*-db-1 (is unhealthy|exited)/);
		await stack.ask('down');
		expect(await stack.ask('ps', '--all', '--quiet')).toBe('');
	});

	test('up --scale web=3 serves unique numbers on three ports', async () => {
		await using stack = new Stack();
		await stack.up({}, '--scale', 'web=3');
		const addresses = await Promise.all([1, 2, 3].map((index) => stack.address('web', index)));
		expect(new Set(addresses).size).toBe(3);
		const crowds = addresses.map((address) => {
			let asked = 0;
			return visit(`http://${address}/`, 8, () => asked++ < 200);
		});
		await Promise.all(crowds.map(({ done }) => done));
		const numbers = crowds.flatMap(({ visits }) => visits.numbers);
		expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
	});

	test('watch serves a changed source', async () => {
		await using stack = new Stack();
		const watching = stack.start(['up', '--watch', '--no-color']);
		await watching.printed(/Watch enabled/);
		await eventually(async () => (await stack.run(['ps', 'web'])).stdout.includes('(healthy)'));
		const page = join(stack.folder, 'src/counter/page/page.tsx');
		const changed = readFileSync(page, 'utf8').replace('Counter: ', 'Visits: ');
		writeFileSync(page, changed);
		// Compose reports that it watches before it does. Saving again helps if the change came too early.
		const again = setInterval(() => writeFileSync(page, changed), 15_000);
		onTestFinished(() => clearInterval(again));
		const address = async () => (await stack.run(['port', 'web', '3000'])).stdout.trim();
		const fetchPage = async () => (await fetch(`http://${await address()}/`)).text().catch(() => '');
		await eventually(async () => (await fetchPage().catch(() => '')).includes('<h1>Visits: '));
		clearInterval(again);
		watching.child.kill('SIGINT');
		await watching.finished;
	});
});

describeWithEngineHere(
	'docker compose up refuses, before it starts the database,',
	{ concurrent: true },
	() => {
		afterAll(removeOwned);

		/** The output, after checking that nothing but preflight has run. */
		async function refusal(stack: Stack, variables: Record<string, string> = {}): Promise<string> {
			const { status, stderr } = await stack.run(['up', '--wait'], variables);
			expect(status).not.toBe(0);
			const { stdout: running } = await stack.run(['ps', '--status', 'running', '--quiet']);
			expect(running).toBe('');
			const { stdout } = await stack.run(['logs', '--no-log-prefix', 'preflight']);
			return stderr + stdout;
		}

		test('wrong settings, all at once', async () => {
			await using stack = new Stack();
			const message = await refusal(stack, { LOG_LEVEL: 'loud', DB_PASSWORD: '', DB_USERNAME: 'postgres' });
			expect(message).toContain('error: the settings have 3 errors:\n');
			for (const fault of [/DB_ADMIN_USERNAME .*same role/, /DB_PASSWORD: is empty/, /LOG_LEVEL="loud"/])
				expect(message).toMatch(fault);
		});

		test('an .env that the commands would read differently, by line, and not one that the commands accept', async () => {
			await using stack = new Stack();
			writeFileSync(join(stack.folder, '.env'), 'LOG_LEVEL=debug\nDB_PASSWORD=pa$word1\n');
			const message = await refusal(stack);
			expect(message).toMatch(
				/error: \.env has an error:\n {2}\.env:2: has a \$ outside of single quotes.*\. Put .* in single quotes/,
			);
			expect(message).not.toContain('pa$word1');
			writeFileSync(join(stack.folder, '.env'), "DB_PASSWORD='pa$word1'\n");
			await stack.up();
			expect(await query(stack, { password: 'pa$word1' }, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
		});

		test('nothing for an .env that the containers may not read, which it mentions', async () => {
			await using stack = new Stack();
			writeFileSync(join(stack.folder, '.env'), "DB_PASSWORD='pa$word1'\n", { mode: 0o600 });
			const { stdout, stderr, status } = await stack.run(['run', '--rm', '-T', 'preflight']);
			expect(status, stdout + stderr).toBe(0);
			if (process.getuid?.() !== 1000)
				expect(stderr).toContain('.env is not checked: user 1000 may not read it');
		});

		test('a password file that the containers cannot read', async () => {
			await using stack = new Stack({ DB_PASSWORD_FILE: 'app.secret' });
			writeFileSync(join(stack.folder, 'app.secret'), 'secret');
			chmodSync(join(stack.folder, 'app.secret'), 0);
			expect(await refusal(stack)).toMatch(
				/DB_PASSWORD_FILE=.*permission denied[\s\S]*read files as user 1000/,
			);
		});

		test('a password file that does not exist', async () => {
			await using stack = new Stack({ DB_PASSWORD_FILE: 'none.secret' });
			expect(await refusal(stack)).toMatch(/source path does not exist: .*none\.secret/);
		});

		test('an image that is missing and cannot be pulled', async () => {
			await using stack = new Stack({ POSTGRES_IMAGE: 'localhost:1/postgres:nope' });
			expect(await refusal(stack)).toMatch(/localhost:1/);
		});

		test('an engine that is too old', async () => {
			await using stack = new Stack();
			expect(await refusal(stack, { DOCKER_API_VERSION: '1.43' })).toMatch(/requires API version 1\.44/);
		});

		test('a port of the database that is in use', async ({ onTestFinished }) => {
			const other = createServer().listen(0, '127.0.0.1');
			onTestFinished(() => void other.close());
			await once(other, 'listening');
			const port = String((other.address() as AddressInfo).port);
			await using stack = new Stack({ DB_PORT: port });
			expect(await refusal(stack)).toMatch(
				new RegExp(`127\\.0\\.0\\.1:${port}.* (address already in use|port is already allocated)`),
			);
		});

		test.each([
			[
				'of another major version',
				'/var/lib/postgresql/17/docker',
				/contains the data of PostgreSQL 17, but postgres:18 is PostgreSQL 18/,
			],
			[
				'with the layout of versions before 18',
				'/var/lib/postgresql',
				/has the layout of PostgreSQL's images up to 17/,
			],
		])('a volume %s', async (_, data, message) => {
			await using stack = new Stack();
			const volume = await stack.createVolume();
			const initdb = ['--entrypoint=initdb', '--user=postgres', 'postgres:18', `--pgdata=${data}`];
			await ask('run', '--rm', `--volume=${volume}:/var/lib/postgresql`, ...initdb);
			const output = await refusal(stack);
			expect(output).toMatch(message);
			expect(output).toContain('npx slipway db upgrade --stack');
			expect(output).toContain(`docker volume rm ${volume}`);
		});
	},
);

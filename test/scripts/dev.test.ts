import { once } from 'node:events';
import {
	appendFileSync,
	existsSync,
	globSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type RunningChild, runProcess, startProcess } from 'slipway/test-helpers/child-process';
import { containersOf, describeWithEngine, dockerClient, image } from 'slipway/test-helpers/engine';
import { eventually } from 'slipway/test-helpers/eventually';
import { isRunning } from 'slipway/test-helpers/processes';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { expect, onTestFinished, test } from 'vitest';
import { ownCheckout } from '../helpers/checkout.ts';

interface Dev extends RunningChild {
	/** Resolves with the service's address when it listens. */
	readonly address: Promise<string>;
}

/** `scripts/dev` as a user starts it: in its own process group, as in a terminal. */
function startDev(checkout: string, environment: Record<string, string> = {}, args: string[] = []): Dev {
	const dev = startProcess(join(checkout, 'scripts/dev'), args, {
		detached: true,
		env: { PORT: '0', ...environment },
	});
	onTestFinished(async () => {
		dev.child.kill('SIGTERM');
		await dev.finished;
	});
	let output = '';
	dev.child.stdout?.on('data', (text: string) => {
		output += text;
	});
	const address = dev.printed(/^http:/m).then(() => /^http:\S+/m.exec(output)?.[0] ?? '');
	address.catch(() => {});
	return { ...dev, address };
}

async function visit(address: Promise<string>): Promise<string> {
	const page = await (await fetch(await address)).text();
	return /<h1>(.*)<\/h1>/.exec(page)?.[1] ?? page;
}

const answersNoMore = (address: string) =>
	fetch(address, { method: 'HEAD' }).then(
		() => false,
		() => true,
	);

/** The command lines of all processes on the machine. */
function commandLines(): string {
	const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
	return processes.map((pid) => commandLine(pid)).join('\n');
}

function commandLine(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return ''; // It has exited.
	}
}

const postmasterOf = (checkout: string) =>
	Number(
		readFileSync(join(checkout, '.slipway/postgres/cluster/data/postmaster.pid'), 'utf8').split('\n')[0],
	);

const parentOf = (pid: number) =>
	Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

function saveAtomically(file: string, text: string): void {
	writeFileSync(`${file}.tmp`, text);
	renameSync(`${file}.tmp`, file);
}

const hangingService = "console.error('the service hangs'); setInterval(() => {}, 1000);";

test('it counts, exits on Ctrl-C with code 0, and continues the count when started again', async () => {
	const checkout = ownCheckout();
	const first = startDev(checkout);
	expect(await visit(first.address)).toBe('Counter: 1');
	expect(await visit(first.address)).toBe('Counter: 2');
	const address = await first.address;
	expect(first.output()).toContain(
		`\n${address}\nAPI docs  ${address}api/docs\nMetrics   ${address}metrics\nReady     ${address}readyz\n`,
	);
	const postmaster = postmasterOf(checkout);
	process.kill(-first.pid, 'SIGINT');
	expect(await first.finished).toMatchObject({ status: 0 });
	expect(isRunning(postmaster)).toBe(false);
	expect(await visit(startDev(checkout).address)).toBe('Counter: 3');
});

test('with --seed it loads the development seeds before it serves', async () => {
	const checkout = ownCheckout();
	mkdirSync(join(checkout, 'seeds/development'));
	writeFileSync(
		join(checkout, 'seeds/development/counter.sql'),
		'UPDATE counter SET value = 41 WHERE value = 0;',
	);
	expect(await visit(startDev(checkout, {}, ['--seed']).address)).toBe('Counter: 42');
});

test('killed by SIGKILL, it leaves neither service nor server, and no count is lost', async () => {
	const checkout = ownCheckout();
	const first = startDev(checkout);
	const address = await first.address;
	expect(await visit(first.address)).toBe('Counter: 1');
	const postmaster = postmasterOf(checkout);
	first.child.kill('SIGKILL');
	await eventually(() => !isRunning(postmaster));
	await eventually(() => answersNoMore(address));
	expect(await visit(startDev(checkout).address)).toBe('Counter: 2');
});

test.each(['server', 'supervisor of the server'])(
	'when the %s is killed the server is started again; meanwhile the service answers, and it counts on',
	async (victim) => {
		const checkout = ownCheckout();
		const dev = startDev(checkout);
		const address = await dev.address;
		expect(await visit(dev.address)).toBe('Counter: 1');
		const postmaster = postmasterOf(checkout);
		process.kill(victim === 'server' ? postmaster : parentOf(postmaster), 'SIGKILL');
		await eventually(() => !isRunning(postmaster));
		await eventually(async () => {
			const { status } = await fetch(address);
			expect([200, 503]).toContain(status);
			return status === 200;
		});
		expect(await visit(dev.address)).toMatch(/^Counter: ([3-9]|\d\d)$/);
		const { status } = await runProcess(join(checkout, 'scripts/migrate'), ['status']);
		expect(status).toBe(0);
		const restarted = postmasterOf(checkout);
		dev.child.kill('SIGTERM');
		const { stderr } = await dev.finished;
		expect(stderr).toContain('restarting PostgreSQL\nPostgreSQL is running again on 127.0.0.1:');
		expect(stderr).not.toContain('restarted on'); // the service
		expect(isRunning(restarted)).toBe(false);
	},
);

test('a server that cannot be started again ends it with the cause, after three attempts', async () => {
	const checkout = ownCheckout();
	const dev = startDev(checkout);
	const address = await dev.address;
	const postmaster = postmasterOf(checkout);
	appendFileSync(join(checkout, '.slipway/postgres/cluster/data/postgresql.conf'), 'no_such_setting = 1\n');
	process.kill(postmaster, 'SIGKILL');
	const { status, stderr } = await dev.finished;
	expect(status).toBe(1);
	expect(stderr.match(/^restarting PostgreSQL$/gm)).toHaveLength(3);
	expect(stderr).toMatch(/error: PostgreSQL did not start [\s\S]*"no_such_setting"/);
	expect(await answersNoMore(address)).toBe(true);
});

test('a second one in the same checkout is told who has it, also when the two would share a port', async () => {
	const checkout = ownCheckout();
	const first = startDev(checkout);
	const { port } = new URL(await first.address);
	const seconds = [startDev(checkout), startDev(checkout, { PORT: port })];
	for (const second of await Promise.all(seconds.map(({ finished }) => finished))) {
		expect(second).toMatchObject({ status: 1, stdout: '' });
		expect(second.stderr).toMatch(/is in use by scripts\/dev \(process \d+, since .+\)\n {2}.*kill \d+/);
	}
	expect(await visit(first.address)).toBe('Counter: 1');
});

test('a port in use is reported before anything is started', async () => {
	const checkout = ownCheckout();
	const other = createServer().listen(0, '127.0.0.1');
	await once(other, 'listening');
	onTestFinished(() => void other.close());
	const { port } = other.address() as AddressInfo;
	const { status, stdout, stderr } = await startDev(checkout, { PORT: String(port) }).finished;
	expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
	expect(stderr).toMatch(
		new RegExp(`^error: port ${port} on 127.0.0.1 is in use by another program\\n.*PORT=`),
	);
	expect(existsSync(join(checkout, '.slipway'))).toBe(false);
});

test('a source change restarts the service, even after one that broke it, and new migrations are applied', async () => {
	const checkout = ownCheckout();
	const dev = startDev(checkout);
	await dev.address;
	const page = join(checkout, 'src/counter/page/page.tsx');
	const original = readFileSync(page, 'utf8');
	appendFileSync(page, 'this is no TypeScript');
	await dev.printed('the service exited with exit code');
	for (const [times, title] of ['Visits', 'Hits', 'Guests'].entries()) {
		saveAtomically(page, original.replace('Counter: ', `${title}: `));
		await dev.printed(new RegExp(`(restarted on [^]*){${times + 1}}`));
	}
	writeFileSync(
		join(checkout, 'migrations/20991231000000000_add-note.sql'),
		'-- Up Migration\nALTER TABLE counter ADD note text;\n-- Down Migration\nALTER TABLE counter DROP note;\n',
	);
	await dev.printed('applied 20991231000000000_add-note');
});

test('a service that hangs at startup is restarted by a change', async () => {
	const checkout = ownCheckout();
	const main = join(checkout, 'src/main.ts');
	const original = readFileSync(main, 'utf8');
	writeFileSync(main, hangingService);
	const dev = startDev(checkout);
	await dev.printed('the service hangs');
	saveAtomically(main, original);
	expect(await visit(dev.address)).toBe('Counter: 1');
});

test('Ctrl-C during startup ends it at once, in any step, and leaves nothing half-done', async () => {
	const checkout = ownCheckout();
	const data = join(checkout, '.slipway/postgres');
	const cut = async (begun: (dev: Dev) => Promise<void>) => {
		const dev = startDev(checkout);
		await begun(dev);
		process.kill(-dev.pid, 'SIGINT');
		const finished = await dev.finished;
		expect(finished).toMatchObject({ status: 0, stdout: '' });
		expect(finished.stderr).not.toMatch(/error|ended/);
	};

	const initdbIsRunning = () => globSync('cluster.unfinished-*/data/*', { cwd: data }).length > 0;
	await cut(() => eventually(initdbIsRunning));
	await eventually(() => globSync('cluster*', { cwd: data }).length === 0);

	const migration = join(checkout, 'migrations/20991231000000000_wait.sql');
	writeFileSync(migration, '-- Up Migration\nSELECT pg_sleep(600);\n-- Down Migration\n');
	await cut((dev) => dev.printed(/applied \d+_create-counter/));
	rmSync(migration);

	const main = join(checkout, 'src/main.ts');
	const original = readFileSync(main, 'utf8');
	writeFileSync(main, hangingService);
	await cut((dev) => dev.printed('the service hangs'));
	writeFileSync(main, original);

	expect(await visit(startDev(checkout).address)).toBe('Counter: 1');
});

test('invalid settings are reported all at once', async () => {
	const checkout = ownCheckout();
	writeFileSync(join(checkout, '.env'), 'PORT=http\nLOG_LEVEL=loud\n');
	const { status, stderr } = await startProcess(join(checkout, 'scripts/dev'), []).finished;
	expect(status).toBe(1);
	expect(stderr).toMatch(/PORT="http" \(.*\.env:1\)/);
	expect(stderr).toMatch(/LOG_LEVEL="loud" \(.*\.env:2\)/);
});

test('no password is printed or appears in process arguments', async () => {
	const checkout = ownCheckout();
	const secrets = { DB_PASSWORD: 'app-SECRET-1', DB_MIGRATOR_PASSWORD: 'migrator-SECRET-2' };
	const dev = startDev(checkout, { ...secrets, LOG_LEVEL: 'trace' });
	await visit(dev.address);
	const superuser = readFileSync(join(checkout, '.slipway/postgres/cluster/superuser-password'), 'utf8');
	const processes = commandLines();
	expect(processes).toContain(join(checkout, '.slipway/postgres/cluster/data'));
	dev.child.kill('SIGTERM');
	const { stdout, stderr } = await dev.finished;
	const seen = [
		processes,
		stdout,
		stderr,
		readFileSync(join(checkout, '.slipway/postgres/postgres.log'), 'utf8'),
	];
	for (const secret of [...Object.values(secrets), superuser]) expect(seen.join('\n')).not.toContain(secret);
});

describeWithEngine('with its server in a container', () => {
	test('it counts, is counted on by scripts/migrate, and counts on when started again, on the same port', async () => {
		const checkout = ownCheckout();
		const env = { TMPDIR: temporaryDirectory() };
		onTestFinished(async () => {
			const erased = startProcess(join(checkout, 'scripts/clean'), ['--erase', '--yes'], { env });
			expect(await erased.finished).toMatchObject({ status: 0 });
		});
		const environment = { SLIPWAY_POSTGRES: 'container', POSTGRES_IMAGE: image };
		const first = startDev(checkout, environment);
		expect(await visit(first.address)).toBe('Counter: 1');
		const status = () => startProcess(join(checkout, 'scripts/migrate'), ['status']).finished;
		expect(await status()).toMatchObject({ status: 0, stdout: expect.stringContaining('create-counter') });
		process.kill(-first.pid, 'SIGINT');
		expect(await first.finished).toMatchObject({
			status: 0,
			stderr: expect.stringContaining('PostgreSQL (container) is running on '),
		});
		expect(await containersOf(first.pid)).toEqual([]);
		expect(await status()).toMatchObject({ status: 0, stdout: expect.stringContaining('create-counter') });

		const second = startDev(checkout, environment);
		expect(await visit(second.address)).toBe('Counter: 2');
		second.child.kill('SIGKILL');
		await eventually(async () => (await containersOf(second.pid)).length === 0);
		expect(await visit(startDev(checkout, environment).address)).toBe('Counter: 3');
	});

	test('when the container is killed it starts another one with the same data, and the service counts on', async () => {
		const checkout = ownCheckout();
		const env = { TMPDIR: temporaryDirectory() };
		onTestFinished(async () => {
			await dev.finished;
			const erased = startProcess(join(checkout, 'scripts/clean'), ['--erase', '--yes'], { env });
			expect(await erased.finished).toMatchObject({ status: 0 });
		});
		const dev = startDev(checkout, { SLIPWAY_POSTGRES: 'container', POSTGRES_IMAGE: image });
		expect(await visit(dev.address)).toBe('Counter: 1');
		const [container] = await containersOf(dev.pid);
		await (await dockerClient()).getContainer(container?.Id ?? '').kill();
		await dev.printed('PostgreSQL is running again on ');
		await eventually(async () => (await visit(dev.address)) === 'Counter: 2');
		dev.child.kill('SIGTERM');
		expect(await dev.finished).toMatchObject({ status: 0 });
	});
});

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	type Finished,
	type RunningChild,
	startModule,
	startProcess,
} from 'slipway/test-helpers/child-process';
import {
	containersOf,
	describeWithEngine,
	dockerClient,
	image,
	startOwner,
} from 'slipway/test-helpers/engine';
import { eventually } from 'slipway/test-helpers/eventually';
import { currentProcess, isRunning, lockNewDirectory } from 'slipway/test-helpers/processes';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { expect, onTestFinished, test } from 'vitest';
import { ownCheckout, ownCheckoutWithCaches } from '../helpers/checkout.ts';

const noEngine = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

function clean(checkout: string, args: readonly string[] = [], environment = {}): Promise<Finished> {
	return startProcess(join(checkout, 'scripts/clean'), args, { env: environment }).finished;
}

/** Starts `scripts/dev` in a checkout and waits for its service. */
async function startDev(checkout: string, environment = {}): Promise<RunningChild> {
	const dev = startProcess(join(checkout, 'scripts/dev'), [], { env: { PORT: '0', ...environment } });
	onTestFinished(async () => {
		dev.child.kill('SIGTERM');
		await dev.finished;
	});
	await dev.printed(/^http:/m);
	return dev;
}

/** Runs and kills a process that leaves behind what a test creates. */
async function killedTest(folder: string): Promise<void> {
	const { child, printed, finished } = startModule(
		`import { makeDirectory } from './test/helpers/temporary-directory.ts';
		import { startEmbedded } from './src/postgres/index.ts';
		console.log(makeDirectory().path);
		await startEmbedded();
		console.log('started');
		setInterval(() => {}, 1000);`,
		[],
		{ env: { TMPDIR: folder } },
	);
	await printed('started');
	const [server = ''] = readdirSync(folder).filter((name) => name.startsWith('slipway-server-'));
	const [postmaster] = readFileSync(join(folder, server, 'cluster/data/postmaster.pid'), 'utf8').split('\n');
	const session = Number(readFileSync(`/proc/${postmaster}/stat`, 'utf8').split(' ')[5]);
	process.kill(-session, 'SIGKILL');
	child.kill('SIGKILL');
	await finished;
	await eventually(() => !isRunning(Number(postmaster)));
}

function age(folder: string): void {
	const longAgo = new Date(Date.now() - 60_000);
	for (const name of readdirSync(folder)) utimesSync(join(folder, name), longAgo, longAgo);
}

test('folders and servers of killed tests are removed, but not those of running tests or of others', async () => {
	const checkout = ownCheckout();
	const folder = temporaryDirectory();
	const spared = ['slipway-of-another-program', 'slipway-test-never-locked', 'slipway-test-running'];
	await killedTest(folder);
	const bench = join(checkout, '.slipway/bench-left');
	mkdirSync(join(bench, 'claims'), { recursive: true });
	const killed = { ...currentProcess(), startedAt: 'before', command: 'scripts/bench', since: 'before' };
	writeFileSync(join(bench, 'claims/killed.json'), JSON.stringify(killed));
	for (const name of spared) mkdirSync(join(folder, name));
	lockNewDirectory(join(folder, 'slipway-test-running'), 'a running test');
	age(folder);
	age(join(checkout, '.slipway'));
	const { status, stdout, stderr } = await clean(checkout, [], { TMPDIR: folder, ...noEngine });
	expect(status).toBe(0);
	expect(stdout).toMatch(/^removed server .*slipway-server-\w+\nremoved folder .*slipway-test-\w+\n/);
	expect(stdout).toContain(`removed folder ${bench}\n`);
	expect(stderr).toMatch(/^containers were not checked: no container engine answers at \/nowhere/);
	expect(readdirSync(folder).toSorted()).toEqual(spared);
	expect(existsSync(bench)).toBe(false);
});

test('if there is nothing to remove, it says so', async () => {
	const environment = { TMPDIR: temporaryDirectory(), ...noEngine };
	const checkout = ownCheckout();
	expect(await clean(checkout, [], environment)).toMatchObject({
		status: 0,
		stdout: '',
		stderr: expect.stringMatching(/\nnothing to remove\n$/),
	});
	expect(JSON.parse((await clean(checkout, ['--json'], environment)).stdout)).toEqual({
		engine: expect.stringContaining('no container engine'),
		removed: [],
	});
});

test('the dev data is erased after confirmation, but not while it is in use', async () => {
	const checkout = ownCheckoutWithCaches();
	const data = join(checkout, '.slipway/postgres');
	const passFile = join(checkout, '.slipway/pgpass');
	const environment = { TMPDIR: temporaryDirectory(), ...noEngine };
	const dev = await startDev(checkout);
	expect(await clean(checkout, ['--erase', '--yes'], environment)).toMatchObject({
		status: 1,
		stderr: expect.stringContaining('is in use by scripts/dev'),
	});
	dev.child.kill('SIGTERM');
	await dev.finished;
	expect(await clean(checkout, ['--erase'], environment)).toMatchObject({
		status: 1,
		stdout: '',
		stderr: expect.stringMatching(
			/no terminal on which to ask whether to erase the dev data .*\n {2}Pass --yes/,
		),
	});
	expect(existsSync(data)).toBe(true);
	expect(await clean(checkout, ['--erase', '--yes'], environment)).toMatchObject({
		status: 0,
		stdout: `removed folder ${data}\nremoved file ${passFile}\n`,
	});
	expect([data, passFile].filter((path) => existsSync(path))).toEqual([]);
});

/** Starts a server in the checkout, as a script of it would, and returns the folder with its snapshot. */
async function makeSnapshot(checkout: string, provider: 'embedded' | 'container'): Promise<string> {
	const source = `
		import { startPostgres } from 'slipway';
		const [, provider, image] = process.argv;
		await using server = await startPostgres({ provider, image, migrations: 'migrations' });`;
	const { status, stderr } = await startModule(source, [provider, image], { cwd: checkout }).finished;
	expect(status, stderr).toBe(0);
	return join(checkout, 'node_modules/.cache/slipway/snapshots');
}

test("the checkout's snapshots are erased with the dev data and created again when needed", async () => {
	const checkout = ownCheckoutWithCaches();
	const environment = { TMPDIR: temporaryDirectory(), ...noEngine };
	const folder = await makeSnapshot(checkout, 'embedded');
	const archives = readdirSync(folder).filter((name) => name.endsWith('.tar'));
	expect(archives).toHaveLength(1);
	expect((await clean(checkout, [], environment)).stdout).toBe('');
	expect(readdirSync(folder).toSorted()).toEqual([...archives, 'locks']);
	expect(await clean(checkout, ['--erase', '--yes'], environment)).toMatchObject({
		status: 0,
		stdout: `removed snapshot ${join(folder, archives[0] ?? '')}\n`,
	});
	expect(readdirSync(folder)).toEqual(['locks']);
	await makeSnapshot(checkout, 'embedded');
	expect(readdirSync(folder).toSorted()).toEqual([...archives, 'locks']);
});

test('password files of databases that a killed run kept are removed, but not those of a running one', async () => {
	const folder = temporaryDirectory();
	const keep = () =>
		startModule(
			`import { createKeptFolder } from './src/postgres/index.ts';
			console.log('made ' + createKeptFolder());
			setInterval(() => {}, 1000);`,
			[],
			{ env: { TMPDIR: folder } },
		);
	const [killed, living] = [keep(), keep()];
	onTestFinished(async () => {
		living.child.kill('SIGKILL');
		await living.finished;
	});
	await Promise.all([killed.printed('made'), living.printed('made')]);
	killed.child.kill('SIGKILL');
	const left = (await killed.finished).stdout.replace('made ', '').trim();
	expect(await clean(ownCheckout(), [], { TMPDIR: folder, ...noEngine })).toMatchObject({
		status: 0,
		stdout: `removed folder ${left}\n`,
	});
	expect(readdirSync(folder).filter((name) => name.startsWith('slipway-kept-'))).toHaveLength(1);
});

describeWithEngine('on a container engine', () => {
	test("the images of the checkout's snapshots are erased with the files that name them", async () => {
		const checkout = ownCheckoutWithCaches();
		const folder = await makeSnapshot(checkout, 'container');
		const [record = ''] = readdirSync(folder).filter((name) => name.endsWith('.image.json'));
		const { image: name } = JSON.parse(readFileSync(join(folder, record), 'utf8')) as { image: string };
		const environment = { TMPDIR: temporaryDirectory() };
		expect((await clean(checkout, [], environment)).stdout).not.toContain(name);
		const { status, stdout } = await clean(checkout, ['--erase', '--yes'], environment);
		expect({ status, lines: stdout.split('\n') }).toMatchObject({
			status: 0,
			lines: expect.arrayContaining([`removed image ${name}`]),
		});
		expect(readdirSync(folder)).toEqual(['locks']);
		await expect((await dockerClient()).getImage(name).inspect()).rejects.toMatchObject({ statusCode: 404 });
	});

	test('containers of a killed run are removed', async () => {
		const { child, pid, finished } = startOwner();
		await eventually(async () => (await containersOf(pid)).length > 0);
		child.kill('SIGKILL');
		await finished;
		const environment = { TMPDIR: temporaryDirectory() };
		expect(await clean(ownCheckout(), [], environment)).toMatchObject({ status: 0 });
		await eventually(async () => (await containersOf(pid)).length === 0);
	});

	test('the volume of a killed test is removed with its folder, but not that of a running test', async () => {
		const folder = temporaryDirectory();
		const killed = startModule(
			`import { makeDirectory } from './test/helpers/temporary-directory.ts';
			import { startContainer } from './src/postgres/index.ts';
			await startContainer({ image: process.argv[1], directory: makeDirectory().path });
			console.log('started');
			setInterval(() => {}, 1000);`,
			[image],
			{ env: { TMPDIR: folder } },
		);
		await killed.printed('started');
		const [volume] = (await containersOf(killed.pid))[0]?.Mounts ?? [];
		age(folder);
		expect((await clean(ownCheckout(), [], { TMPDIR: folder })).stdout).not.toContain(volume?.Name);
		killed.child.kill('SIGKILL');
		await killed.finished;
		age(folder);
		const { stdout } = await clean(ownCheckout(), [], { TMPDIR: folder });
		expect(stdout).toContain(`removed volume ${volume?.Name}\n`);
		expect(readdirSync(folder)).toEqual([]);
	});

	test('the volume with the dev data is erased, even if no file in the checkout names it any more', async () => {
		const checkout = ownCheckoutWithCaches();
		const dev = await startDev(checkout, { SLIPWAY_POSTGRES: 'container' });
		dev.child.kill('SIGTERM');
		await dev.finished;
		rmSync(join(checkout, '.slipway'), { recursive: true });
		const environment = { TMPDIR: temporaryDirectory() };
		expect(await clean(checkout, ['--erase', '--yes'], environment)).toMatchObject({
			status: 0,
			stdout: expect.stringMatching(/^removed volume slipway-[0-9a-f]{12}$/m),
		});
	});
});

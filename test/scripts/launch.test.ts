import { spawnSync } from 'node:child_process';
import {
	cpSync,
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { projectRoot, type RunningChild, startProcess } from 'slipway/test-helpers/child-process';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { describe, expect, onTestFinished, test } from 'vitest';

/** A checkout without packages, and a PATH whose npm logs its arguments and runs `install`. */
class Checkout {
	readonly root = temporaryDirectory();
	readonly #bin = join(this.root, 'bin');

	constructor(install = installs) {
		for (const name of ['launch', 'migrate'])
			cpSync(join(projectRoot, 'scripts', name), this.path('scripts', name));
		writeFileSync(
			this.path('scripts/migrate.ts'),
			'console.log("ran", import.meta.filename, process.argv.slice(2));',
		);
		writeFileSync(this.path('package-lock.json'), '{}');
		mkdirSync(this.#bin);
		this.command('npm', `echo "$@" >>"${this.path('npm.log')}"\n${install}`);
	}

	path(...names: string[]): string {
		return join(this.root, ...names);
	}

	command(name: string, script: string): void {
		writeFileSync(join(this.#bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
	}

	/** A PATH with these commands only. */
	keepOnly(...names: string[]): string {
		for (const name of names) symlinkSync(which(name), join(this.#bin, name));
		return this.#bin;
	}

	start(
		args: readonly string[] = [],
		{ path = `${this.#bin}:${process.env.PATH}`, script = '', nodeOptions = '' } = {},
	): RunningChild {
		const launcher = startProcess(script || this.path('scripts/migrate'), args, {
			detached: true,
			env: { PATH: path, NODE_OPTIONS: nodeOptions },
		});
		onTestFinished(() => endGroup(launcher.pid));
		return launcher;
	}

	get installs(): string[] {
		return existsSync(this.path('npm.log'))
			? readFileSync(this.path('npm.log'), 'utf8').trim().split('\n')
			: [];
	}
}

/** What npm installs, with this Node as the project's. */
const installs = `mkdir -p node_modules/.bin
	ln -sf '${process.execPath}' node_modules/.bin/node
	touch node_modules/.package-lock.json`;
/** The same, once the checkout contains a file named `go`. */
const installsOnceAllowed = `until [ -e go ]; do sleep 0.05; done\n${installs}`;
const used = ['sh', 'dirname', 'readlink', 'mkdir', 'touch', 'cat', 'id', 'ln', 'sleep'];

const which = (name: string) =>
	spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();

function endGroup(pid: number): void {
	try {
		process.kill(-pid, 'SIGKILL');
	} catch {} // it has exited already
}

describe('a command', () => {
	test('installs missing packages, whatever npm is configured to leave out, and runs with its arguments', async () => {
		const checkout = new Checkout();
		const { status, stdout, stderr } = await checkout.start(['a b', '', '*']).finished;
		expect({ status, stderr }).toEqual({ status: 0, stderr: 'scripts/migrate: installing packages\n' });
		expect(stdout).toBe(`ran ${checkout.path('scripts/migrate.ts')} [ 'a b', '', '*' ]\n`);
		expect(checkout.installs).toEqual([expect.stringMatching(/^ci --include=dev --include=optional /)]);
	});

	test('installs nothing the second time', async () => {
		const checkout = new Checkout();
		await checkout.start().finished;
		expect(await checkout.start().finished).toMatchObject({ status: 0, stderr: '' });
		expect(checkout.installs).toHaveLength(1);
	});

	test.each<[string, (checkout: Checkout) => void]>([
		['the lockfile is newer', (checkout) => utimesSync(checkout.path('package-lock.json'), 4e9, 4e9)],
		["the project's Node is missing", (checkout) => rmSync(checkout.path('node_modules/.bin/node'))],
		['npm did not finish', (checkout) => rmSync(checkout.path('node_modules/.package-lock.json'))],
	])('installs again when %s', async (_, invalidate) => {
		const checkout = new Checkout();
		await checkout.start().finished;
		invalidate(checkout);
		expect(await checkout.start().finished).toMatchObject({ status: 0 });
		expect(checkout.installs).toHaveLength(2);
	});

	test('loads what NODE_OPTIONS names itself, and keeps it from npm, which runs in another folder', async () => {
		const checkout = new Checkout(`echo "npm has <$NODE_OPTIONS>" >&2\n${installs}`);
		const hook = join(temporaryDirectory(), 'hook.cjs');
		writeFileSync(hook, 'console.log("hooked");');
		const { stdout, stderr } = await checkout.start([], { nodeOptions: `--require ${hook}` }).finished;
		expect(stderr).toContain('npm has <>');
		expect(stdout).toMatch(/^hooked\nran /);
		const other = new Checkout(`echo "npm has <$NODE_OPTIONS>" >&2\n${installs}`);
		const memory = await other.start([], { nodeOptions: '--max-old-space-size=200' }).finished;
		expect(memory.stderr).toContain('npm has <--max-old-space-size=200>');
	});

	test('runs through a link from elsewhere', async () => {
		const checkout = new Checkout();
		const home = temporaryDirectory();
		symlinkSync(checkout.path('scripts/migrate'), join(home, 'first'));
		symlinkSync('first', join(home, 'second'));
		const { status, stdout } = await checkout.start([], { script: join(home, 'second') }).finished;
		expect({ status, stdout }).toEqual({
			status: 0,
			stdout: `ran ${checkout.path('scripts/migrate.ts')} []\n`,
		});
	});
});

describe('of two commands at once', () => {
	const ways = ['flock', 'perl'].filter((name) => which(name) !== '');

	test.each(ways)('the second says whom it waits for and installs nothing (a lock of %s)', async (way) => {
		const checkout = new Checkout(installsOnceAllowed);
		const path = checkout.keepOnly(...used, way);
		const first = checkout.start([], { path });
		await first.printed('installing packages');
		const second = checkout.start([], { path });
		await second.printed(`waiting for process ${first.pid}, which is installing the packages\n`);
		writeFileSync(checkout.path('go'), '');
		expect(await first.finished).toMatchObject({ status: 0 });
		expect(await second.finished).toMatchObject({ status: 0, stdout: expect.stringMatching(/^ran/) });
		expect(checkout.installs).toHaveLength(1);
	});

	test('the second installs the packages if the first was killed', async () => {
		const checkout = new Checkout(installsOnceAllowed);
		const first = checkout.start();
		await first.printed('installing packages');
		const second = checkout.start();
		await second.printed('waiting for');
		endGroup(first.pid);
		await second.printed('installing packages');
		writeFileSync(checkout.path('go'), '');
		expect(await second.finished).toMatchObject({ status: 0 });
		expect(checkout.installs).toHaveLength(2);
	});

	test("the second waits for the first's npm, which continues if only the first was killed", async () => {
		const checkout = new Checkout(installsOnceAllowed);
		const first = checkout.start();
		await first.printed('installing packages');
		first.child.kill('SIGKILL');
		const second = checkout.start();
		await second.printed('waiting for');
		writeFileSync(checkout.path('go'), '');
		expect(await second.finished).toMatchObject({ status: 0 });
		expect(checkout.installs).toHaveLength(1);
	});

	test('neither is blocked if locking is not possible', async () => {
		const checkout = new Checkout();
		const { status, stderr } = await checkout.start([], { path: checkout.keepOnly(...used) }).finished;
		expect(status).toBe(0);
		expect(stderr).toMatch(/cannot lock .*install\.lock: run one command at a time/);
	});
});

describe('a command that cannot install states the cause and the fix, and does so again the next time', () => {
	const refusal = async (checkout: Checkout, options?: { path: string }) => {
		const { status, stdout, stderr } = await checkout.start([], options).finished;
		expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
		expect((await checkout.start([], options).finished).stderr).toBe(stderr);
		return stderr;
	};

	test('when npm fails', async () => {
		const checkout = new Checkout('echo "npm error network" >&2; exit 1');
		expect(await refusal(checkout)).toMatch(
			/\nnpm error network\nerror: the packages could not be installed\n {2}Fix what npm reports/,
		);
	});

	test('when there is no npm', async () => {
		const checkout = new Checkout();
		rmSync(checkout.path('bin/npm'));
		const path = checkout.keepOnly(...used);
		expect(await refusal(checkout, { path })).toMatch(/^error: npm is not installed\n {2}Install Node.js 20/);
	});

	test("when install scripts are off, so that the project's Node is missing", async () => {
		const checkout = new Checkout('mkdir -p node_modules\ntouch node_modules/.package-lock.json');
		expect(await refusal(checkout)).toMatch(
			/\nerror: npm installed .* without the project's Node.*\n {2}.*npm_config_ignore_scripts=false scripts\/migrate\n$/,
		);
	});

	test.each(['.slipway', 'node_modules', '.slipway/install.lock'])(
		'when %s cannot be created',
		async (name) => {
			const checkout = new Checkout();
			mkdirSync(checkout.path('.slipway'));
			if (name === '.slipway/install.lock') symlinkSync('/no/such/folder/file', checkout.path(name));
			else {
				rmSync(checkout.path(name), { recursive: true, force: true });
				writeFileSync(checkout.path(name), '');
			}
			expect(await refusal(checkout)).toMatch(
				/^error: the packages cannot be installed: (mkdir|touch): .*\n {2}Make \S+ writable for .*\n$/,
			);
			expect(checkout.installs).toEqual([]);
		},
	);
});

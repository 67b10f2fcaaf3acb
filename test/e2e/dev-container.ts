import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import {
	cleanEnvironment,
	type Finished,
	projectRoot,
	type RunningChild,
	startProcess,
} from 'slipway/test-helpers/child-process';
import { type CleanCheckout, cleanCheckout } from './clean-checkout.ts';
import { ownerLabel } from './engine.ts';

/** Owns the checkout and runs the tool: this user or, instead of root, one that the container does not know. */
export const developer =
	process.getuid?.() === 0 ? { uid: 1234, gid: 1234 } : { uid: process.getuid?.(), gid: process.getgid?.() };

/**
 * A dev container of a clean checkout, started with the CLI that VS Code and Codespaces are built on. What it creates
 * carries this process's label, for `removeOwned`.
 */
export class DevContainer implements Disposable {
	readonly folder: string;
	readonly #checkout: CleanCheckout;
	/** A folder beside the checkout for the input and the temporary files of the CLI. */
	readonly #aside: string;

	constructor() {
		this.#checkout = cleanCheckout(`slipway-${randomBytes(4).toString('hex')}`);
		this.folder = this.#checkout.folder;
		this.#aside = join(dirname(this.folder), 'aside');
		for (const name of ['home', 'tmp', 'packages']) mkdirSync(join(this.#aside, name), { recursive: true });
		copyFileSync('/etc/passwd', join(this.#aside, 'passwd'));
		writeFileSync(join(this.#aside, 'passwd'), 'developer:x:1234:1234:::/bin/sh\n', { flag: 'a' });
		writeFileSync(join(this.#aside, 'labels.json'), JSON.stringify(labelled()));
		writeFileSync(join(this.#aside, 'devcontainer.json'), this.#labelledConfiguration());
		// Otherwise uncommitted work would show up as changes in the container.
		const git = (...args: string[]) => execFileSync('git', ['-C', this.folder, ...args]);
		git('add', '--all');
		git('-c', 'user.name=test', '-c', 'user.email=', 'commit', '--quiet', '--allow-empty', '--message=test');
		execFileSync('chown', ['-R', `${developer.uid}:${developer.gid}`, dirname(this.folder)]);
	}

	/** The project's devcontainer.json with the labels added. */
	#labelledConfiguration(): string {
		const file = join(this.folder, '.devcontainer/devcontainer.json');
		const files = [join(this.folder, '.devcontainer/compose.yaml'), join(this.#aside, 'labels.json')];
		return readFileSync(file, 'utf8').replace(
			'"dockerComposeFile": "compose.yaml"',
			`"dockerComposeFile": ${JSON.stringify(files)}`,
		);
	}

	/** The configuration as the CLI reads it from the checkout. */
	async configuration(): Promise<Configuration> {
		const { stdout } = await succeeded(this.#run('read-configuration', '--workspace-folder', this.folder));
		return JSON.parse(stdout).configuration as Configuration;
	}

	async up(...options: readonly string[]): Promise<void> {
		const { stdout } = await succeeded(this.#run('up', ...this.#which, ...options, ...registry()));
		if (JSON.parse(stdout).remoteUser !== 'node') throw new Error(`the remote user is not node: ${stdout}`);
	}

	start(...command: readonly string[]): RunningChild {
		return this.#run('exec', ...this.#which, ...command);
	}

	/** The standard output of a command in the container. Throws if the command fails. */
	async ask(...command: readonly string[]): Promise<string> {
		return (await succeeded(this.start(...command))).stdout.trim();
	}

	/**
	 * Forwards an entry of `forwardPorts` like an editor: each connection to the local port starts a process in the
	 * container that connects to the target.
	 */
	async forward(target: number | string): Promise<ForwardedPort> {
		const [host, port] = typeof target === 'number' ? ['localhost', target] : target.split(':');
		const script = `const socket = require('node:net').connect(${port}, '${host}');
			process.stdin.pipe(socket).pipe(process.stdout);
			socket.on('close', () => process.exit());`;
		const children: ChildProcess[] = [];
		const server = createServer((socket) => {
			const [file, args, options] = this.#argv('exec', ...this.#which, 'node', '-e', script);
			const child = spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'ignore'] });
			children.push(child);
			for (const stream of [socket, child.stdin, child.stdout]) stream.on('error', () => {});
			socket.pipe(child.stdin);
			child.stdout.pipe(socket);
		}).listen(0, '127.0.0.1');
		await once(server, 'listening');
		return {
			port: (server.address() as AddressInfo).port,
			[Symbol.dispose]: () => {
				server.close();
				for (const child of children) child.kill();
			},
		};
	}

	[Symbol.dispose](): void {
		this.#checkout[Symbol.dispose]();
	}

	get #which(): string[] {
		return [
			`--workspace-folder=${this.folder}`,
			`--override-config=${join(this.#aside, 'devcontainer.json')}`,
		];
	}

	#run(...args: readonly string[]): RunningChild {
		return startProcess(...this.#argv(...args));
	}

	#argv(...args: readonly string[]): [string, string[], { cwd: string; env: NodeJS.ProcessEnv }] {
		const own = { TMPDIR: join(this.#aside, 'tmp') };
		const at = { cwd: this.folder, env: { ...cleanEnvironment(), ...own } };
		if (process.getuid?.() !== 0)
			return [process.execPath, [tool(join(projectRoot, 'node_modules')), ...args], at];
		const packages = join(this.#aside, 'packages');
		const asDeveloper = ['-m', 'sh', '-c', becomeDeveloper, this.#aside, join(projectRoot, 'node_modules')];
		return [
			'unshare',
			[...asDeveloper, join(packages, 'node/bin/node'), tool(packages), ...args],
			{ ...at, env: { ...at.env, HOME: join(this.#aside, 'home') } },
		];
	}
}

export interface ForwardedPort extends Disposable {
	/** On 127.0.0.1. */
	readonly port: number;
}

interface Configuration {
	readonly forwardPorts: readonly (number | string)[];
	readonly portsAttributes: Readonly<Record<string, { readonly label: string }>>;
}

/**
 * Turns root into an ordinary user who has a name, which the CLI needs, and the group of the engine's socket. Only this
 * process sees that name and the mounted packages, which the user cannot reach in their own place.
 */
const becomeDeveloper = `
	mount --bind "$0/passwd" /etc/passwd && mount --bind "$1" "$0/packages" && shift &&
	exec setpriv --reuid=1234 --regid=1234 --groups="$(stat -c %g /var/run/docker.sock)" "$@"`;

const tool = (packages: string) => join(packages, '@devcontainers/cli/devcontainer.js');

/** Makes npm in the container use the registry of this machine. */
function registry(): string[] {
	const url = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', stdio: 'pipe' }).trim();
	return ['--remote-env', `npm_config_registry=${url}`];
}

async function succeeded({ finished, child }: RunningChild): Promise<Finished> {
	const result = await finished;
	if (result.status === 0) return result;
	throw new Error(`${child.spawnargs.join(' ')}: ${result.status}\n${result.stdout}\n${result.stderr}`);
}

function labelled() {
	const labels = ownerLabel;
	return {
		services: { dev: { labels, build: { labels } }, db: { labels } },
		networks: { default: { labels } },
		volumes: { db: { labels }, node_modules: { labels } },
	};
}

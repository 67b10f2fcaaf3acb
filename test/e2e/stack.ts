import { randomBytes } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	type Finished,
	projectRoot,
	type RunningChild,
	startProcess,
} from 'slipway/test-helpers/child-process';
import { type CleanCheckout, cleanCheckout } from './clean-checkout.ts';
import { ask, ownerLabel } from './engine.ts';

type Variables = Readonly<Record<string, string>>;

/** What `docker compose` starts in a clean checkout, as a separate project. Disposing of it removes everything. */
export class Stack implements AsyncDisposable {
	readonly folder: string;
	readonly project = `slipway-test-${randomBytes(4).toString('hex')}`;
	readonly #checkout: CleanCheckout;
	/** For every command of this stack. By default, the engine chooses free ports. */
	readonly #variables: Variables;

	constructor(variables: Variables = {}, label = ownerLabel) {
		this.#checkout = cleanCheckout();
		this.folder = this.#checkout.folder;
		this.#variables = { PORT: '0', DB_PORT: '0', COMPOSE_PROJECT_NAME: this.project, ...variables };
		writeFileSync(join(this.folder, 'compose.override.yaml'), JSON.stringify(labelled(label)));
	}

	/** Lets the checkout's scripts use the packages installed here. */
	installPackages(): void {
		symlinkSync(join(projectRoot, 'node_modules'), join(this.folder, 'node_modules'));
	}

	/** Creates an empty database volume that Compose takes for its own. */
	async createVolume(): Promise<string> {
		const name = `${this.project}_db`;
		const labels = {
			...ownerLabel,
			'com.docker.compose.project': this.project,
			'com.docker.compose.volume': 'db',
		};
		await ask(
			'volume',
			'create',
			...Object.entries(labels).map((label) => `--label=${label.join('=')}`),
			name,
		);
		return name;
	}

	start(args: readonly string[], variables: Variables = {}): RunningChild {
		return startProcess('docker', ['compose', '--progress', 'plain', ...args], {
			cwd: this.folder,
			env: { ...this.#variables, ...variables },
		});
	}

	/** Runs `docker compose` until it exits, with any exit code. */
	run(args: readonly string[], variables?: Variables): Promise<Finished> {
		return this.start(args, variables).finished;
	}

	/** The output of a command. Throws if the command fails. */
	async ask(...args: readonly string[]): Promise<string> {
		const { status, stdout, stderr } = await this.run(args);
		if (status !== 0) throw new Error(`docker compose ${args.join(' ')}: ${status}\n${stdout}\n${stderr}`);
		return stdout.trim();
	}

	async up(variables?: Variables, ...args: readonly string[]): Promise<void> {
		const { status, stderr } = await this.run(['up', '--wait', ...args], variables);
		if (status === 0) return;
		const { stdout } = await this.run(['logs']);
		throw new Error(`docker compose up exited with ${status}:\n${stderr}\n${stdout}`);
	}

	/** The address of a service's port on this machine. */
	async address(service: 'web' | 'db', index = 1): Promise<string> {
		return await this.ask('port', '--index', String(index), service, service === 'web' ? '3000' : '5432');
	}

	/** Visits the page and resolves with its number. */
	async visit(index?: number): Promise<number> {
		const page = await (await fetch(`http://${await this.address('web', index)}/`)).text();
		return Number(/<h1>Counter: (\d+)<\/h1>/.exec(page)?.[1]);
	}

	/** The output of `docker inspect` for a service's container. */
	async inspect(service: string): Promise<Container> {
		const id = await this.ask('ps', '--all', '--quiet', service);
		const { stdout } = await startProcess('docker', ['inspect', id]).finished;
		return JSON.parse(stdout)[0] as Container;
	}

	/** Kills the first process of a service by the kernel: the engine takes its own `docker kill` for an order to stop. */
	async kill(service: string): Promise<void> {
		const { State } = await this.inspect(service);
		const inHost = ['--pid=host', '--user=0', '--entrypoint=sh', 'postgres:18'];
		await ask('run', '--rm', ...inHost, '-c', `kill -KILL ${State.Pid}`);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.run(['down', '--volumes', '--timeout', '1', '--rmi', 'local']);
		this.#checkout[Symbol.dispose]();
	}
}

export interface Container {
	readonly Id: string;
	readonly Config: { readonly User: string; readonly Env: readonly string[] };
	readonly State: {
		readonly Status: string;
		readonly Pid: number;
		readonly ExitCode: number;
		readonly StartedAt: string;
		readonly FinishedAt: string;
	};
	readonly RestartCount: number;
	readonly HostConfig: {
		readonly RestartPolicy: { readonly Name: string };
		readonly ReadonlyRootfs: boolean;
		readonly CapDrop: readonly string[] | null;
		readonly SecurityOpt: readonly string[] | null;
		readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>>;
	};
}

function labelled(labels: Variables) {
	const own = ['preflight', 'bootstrap', 'migrate', 'web'].map((name) => [
		name,
		{ labels, build: { labels } },
	]);
	return {
		services: { db: { labels }, ...Object.fromEntries(own) },
		networks: { default: { labels } },
		volumes: { db: { labels } },
	};
}

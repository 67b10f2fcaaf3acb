import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { projectRoot, startProcess } from 'slipway/test-helpers/child-process';
import { eventually } from 'slipway/test-helpers/eventually';
import { freePort } from 'slipway/test-helpers/free-port';
import { isRunning } from 'slipway/test-helpers/processes';
import { ask, docker, removeOwned } from '../engine.ts';
import { ownerOptions } from '../service-image.ts';
import type { Machine, Machines } from './machines.ts';

type Variables = Readonly<Record<string, string>>;

const file = join(projectRoot, 'deploy/swarm.yaml');
const secrets = ['db_password', 'db_migrator_password', 'db_admin_password', 'db_replication_password'];

const failures = [
	'PostgreSQL is killed',
	'the container is killed',
	'the machine hangs',
	'the machine is lost',
] as const;
type Failure = (typeof failures)[number];

/** The ways in which a primary can fail. Only one of several machines can be lost. */
export const failuresOf = (machines: number): readonly Failure[] =>
	machines > 1 ? failures : failures.slice(0, -1);

/** The members of the database. */
const members = ['postgres1', 'postgres2', 'postgres3'];

interface Container {
	readonly id: string;
	readonly machine: Machine;
}

/** `deploy/swarm.yaml` on machines, which it removes together with them when it is disposed of. */
export class Swarm implements AsyncDisposable {
	readonly #name: string;
	readonly #port: number;
	readonly #machines: Machines;
	readonly #variables: Variables;

	private constructor(name: string, port: number, machines: Machines) {
		this.#name = name;
		this.#port = port;
		this.#machines = machines;
		this.#variables = {
			IMAGES: name,
			SECRETS: name,
			PORT: String(port),
			RATE_LIMIT: '0',
			MIGRATE_WITHIN: '90s',
			COMPOSE_PROJECT_NAME: name,
		};
	}

	/** With its images as the version 1, but nothing deployed. */
	static async prepare(machines: Machines): Promise<Swarm> {
		const swarm = new Swarm(`${prefix}${process.pid}`, await freePort(), machines);
		try {
			await removeStacksOfKilledRuns();
			await swarm.#createSecrets();
			await swarm.#build();
			await machines.load([`${swarm.#name}:1`, `${swarm.#name}-database:1`]);
			return swarm;
		} catch (error) {
			await swarm[Symbol.asyncDispose]();
			throw error;
		}
	}

	/** Where a machine that is on the network publishes the service. */
	get address(): string {
		return `http://${this.#machine.address}:${this.#port}/`;
	}

	/** The one that commands are given to. */
	get #machine(): Machine {
		const [machine] = this.#machines.connected;
		if (machine === undefined) throw new Error('no machine is on the network');
		return machine;
	}

	async #createSecrets(): Promise<void> {
		for (const secret of secrets) {
			const args = [...this.#machine.engine, 'secret', 'create', `${this.#name}_${secret}`, '-'];
			const create = startProcess('docker', args, { input: true });
			create.child.stdin?.end(randomBytes(16).toString('hex'));
			const { status, stderr } = await create.finished;
			if (status !== 0) throw new Error(`docker secret create exited with ${status}:\n${stderr}`);
		}
	}

	async #build(): Promise<void> {
		await this.#run('docker', ['compose', '--progress=plain', '--file', file, 'build'], { VERSION: '1' });
	}

	/** Makes a version of the service from an earlier one, with further instructions of a Dockerfile. */
	async buildVersion(version: string, from: string, instructions: string): Promise<void> {
		const tag = `--tag=${this.#name}:${version}`;
		const build = startProcess('docker', ['build', '--quiet', ...ownerOptions, tag, '-'], { input: true });
		build.child.stdin?.end(`FROM ${this.#name}:${from}\n${instructions}\n`);
		const { status, stderr } = await build.finished;
		if (status !== 0) throw new Error(`docker build exited with ${status}:\n${stderr}`);
		await this.#machines.load([`${this.#name}:${version}`]);
	}

	/** Deploys a version of the service. Does not wait. */
	async deploy(version: string, variables: Variables = {}): Promise<void> {
		const options = ['--detach', '--resolve-image=never', '--compose-file', file];
		const args = [...this.#machine.engine, 'stack', 'deploy', ...options, this.#name];
		await this.#run('docker', args, { VERSION: version, ...variables });
	}

	/** Waits until every replica of the service is healthy and of this version. */
	async settled(version: string): Promise<void> {
		await eventually(async () => {
			const options = ['--filter=desired-state=running', '--format={{.Image}} {{.CurrentState}}'];
			// The managers may just be electing a leader.
			const images = await this.ask('ps', ...options, 'web').catch(() => '');
			const running = images
				.split('\n')
				.filter((line) => line.startsWith(`${this.#name}:${version} Running`));
			return running.length === 3 && images.split('\n').length === 3;
		}, 400);
	}

	/** `docker service COMMAND … SERVICE`. */
	async ask(command: string, ...args: readonly string[]): Promise<string> {
		const service = args.at(-1) ?? '';
		const options = args.slice(0, -1);
		return await ask(...this.#machine.engine, 'service', command, ...options, `${this.#name}_${service}`);
	}

	/** How far the last update of a service is. */
	async updateState(service: string): Promise<string> {
		return await this.ask('inspect', '--format={{.UpdateStatus.State}}', service);
	}

	/** A container of a service that runs now, on a machine that is on the network. */
	async #container(service: string): Promise<Container> {
		const [container] = await this.#containers(service);
		if (container === undefined) throw new Error(`${service} has no container`);
		return container;
	}

	async #containers(service: string): Promise<readonly Container[]> {
		const label = `label=com.docker.swarm.service.name=${this.#name}_${service}`;
		const found = this.#machines.connected.map(async (machine) => {
			const ids = await list(...machine.engine, 'ps', '--quiet', '--filter', label);
			return ids.map((id) => ({ id, machine }));
		});
		return (await Promise.all(found)).flat();
	}

	/** The member that is the primary, once another one is its synchronous standby. */
	async primary(): Promise<string> {
		let found: string | undefined;
		await eventually(async () => {
			const roles = await Promise.all(members.map((member) => this.#roleOf(member)));
			found = members[roles.indexOf('primary')];
			return found !== undefined && roles.includes('synchronous');
		}, 240);
		return found ?? '';
	}

	async #roleOf(member: string): Promise<'primary' | 'synchronous' | undefined> {
		for (const role of ['primary', 'synchronous'] as const)
			if (await this.#hasRole(member, role)) return role;
		return undefined;
	}

	async #hasRole(member: string, role: string): Promise<boolean> {
		const request = `import urllib.request as r; r.urlopen('http://127.0.0.1:8008/${role}', timeout=2)`;
		const [container] = await this.#containers(member);
		if (container === undefined) return false;
		const { machine, id } = container;
		return (await docker(...machine.engine, 'exec', id, 'python3', '-c', request)).status === 0;
	}

	/** Lets a member of the database fail. */
	async fail(member: string, failure: Failure): Promise<void> {
		const { machine, id } = await this.#container(member);
		const { engine } = machine;
		const killPostgres = ['sh', '-c', 'read pid <$PGDATA/postmaster.pid; kill -KILL $pid'];
		if (failure === 'PostgreSQL is killed') await ask(...engine, 'exec', id, ...killPostgres);
		if (failure === 'the container is killed') await ask(...engine, 'kill', id);
		if (failure === 'the machine hangs') await ask(...engine, 'pause', id);
		if (failure === 'the machine is lost') await this.#machines.disconnect(machine);
	}

	/** Ends a failure, in the case of a lost machine after Swarm has noticed it. Waits until everything runs again. */
	async recover(member: string): Promise<void> {
		for (const machine of this.#machines.all.filter((each) => !this.#machines.connected.includes(each))) {
			await eventually(async () => (await this.#nodes()).includes('Down'));
			await this.#machines.reconnect(machine);
			await eventually(async () => (await this.#nodes()).every((state) => state === 'Ready'), 240);
			await this.settled('1');
			await eventually(
				async () => (await this.#containers('haproxy')).length === this.#machines.all.length,
				240,
			);
		}
		for (const { machine, id } of await this.#containers(member))
			await docker(...machine.engine, 'unpause', id);
	}

	/** The states of the machines, as the others see them; unknown while they elect a leader. */
	async #nodes(): Promise<readonly string[]> {
		const { status, stdout } = await docker(...this.#machine.engine, 'node', 'ls', '--format={{.Status}}');
		return status === 0 ? stdout.trim().split('\n') : ['unknown'];
	}

	/** The result of a statement of the admin on the primary, which has it on two machines then. */
	async query(database: string, statement: string): Promise<string> {
		return await ask(...(await this.#psql(database, statement)));
	}

	/** Waits until the database commits. */
	async commits(): Promise<void> {
		const statement = 'CREATE TABLE IF NOT EXISTS probe (); DROP TABLE probe';
		// Swarm may remove the pooler that it runs in.
		const commits = async () => (await docker(...(await this.#psql('postgres', statement)))).status === 0;
		await eventually(() => commits().catch(() => false), 240);
	}

	/** From a pooler, which has psql and reaches HAProxy. */
	async #psql(database: string, statement: string): Promise<string[]> {
		const { machine, id } = await this.#container('pgbouncer');
		const login = `host=haproxy user=postgres dbname=${database} connect_timeout=2`;
		return [
			...machine.engine,
			'exec',
			`--env=PGPASSWORD=${await this.#adminPassword()}`,
			id,
			'psql',
			'-qAtX',
			login,
			'-c',
			statement,
		];
	}

	#password: string | undefined;
	async #adminPassword(): Promise<string> {
		if (this.#password === undefined) {
			const [member] = (await Promise.all(members.map((name) => this.#containers(name)))).flat();
			if (member === undefined) throw new Error('the database has no container');
			const read = ['exec', member.id, 'cat', '/run/secrets/db_admin_password'];
			this.#password = await ask(...member.machine.engine, ...read);
		}
		return this.#password;
	}

	/** The log of a service. */
	async log(service: string): Promise<string> {
		const { engine } = this.#machine;
		const { stdout, stderr } = await docker(
			...engine,
			'service',
			'logs',
			'--raw',
			`${this.#name}_${service}`,
		);
		return stdout + stderr;
	}

	async #run(command: string, args: readonly string[], variables: Variables): Promise<void> {
		const env = { ...this.#variables, ...variables };
		const { status, stdout, stderr } = await startProcess(command, args, { env }).finished;
		if (status !== 0)
			throw new Error(`${command} ${args.join(' ')} exited with ${status}:\n${stdout}\n${stderr}`);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		try {
			await removeStack(this.#name);
			await removeOwned();
		} finally {
			await this.#machines[Symbol.asyncDispose]();
		}
	}
}

/** The names of stacks end in the pid of their run. */
const prefix = 'slipway-test-swarm-';

async function removeStacksOfKilledRuns(): Promise<void> {
	// The first fails if this engine is in no swarm.
	const secrets = await docker('secret', 'ls', '--format={{.Name}}');
	const images = await ask('images', `--filter=reference=${prefix}*`, '--format={{.Repository}}');
	for (const [stack, pid] of `${secrets.stdout}\n${images}`.matchAll(/^slipway-test-swarm-(\d+)/gm))
		if (!isRunning(Number(pid))) await removeStack(stack);
}

/** Removes a stack with its volumes, secrets and images. */
async function removeStack(name: string): Promise<void> {
	const own = `--filter=label=com.docker.stack.namespace=${name}`;
	await docker('stack', 'rm', name);
	await docker('secret', 'rm', ...secrets.map((secret) => `${name}_${secret}`));
	await eventually(async () => (await list('ps', '--all', '--quiet', own)).length === 0, 240);
	const images = [name, `${name}-database`].map((image) => `--filter=reference=${image}`);
	for (const volume of await list('volume', 'ls', '--quiet', own)) await ask('volume', 'rm', volume);
	for (const image of await list('images', '--format={{.Repository}}:{{.Tag}}', ...images))
		await ask('rmi', '--force', image);
}

/** The lines of a Docker command's output. */
async function list(...args: readonly string[]): Promise<readonly string[]> {
	return (await ask(...args)).split('\n').filter((line) => line !== '');
}

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { projectRoot, startProcess } from 'slipway/test-helpers/child-process';
import { eventually } from 'slipway/test-helpers/eventually';
import { freePort } from 'slipway/test-helpers/free-port';
import { isRunning } from 'slipway/test-helpers/processes';
import { ask, docker, removeOwned } from './engine.ts';
import { ownerOptions } from './service-image.ts';

type Variables = Readonly<Record<string, string>>;

const file = join(projectRoot, 'deploy/swarm.yaml');
const secrets = ['db_password', 'db_migrator_password', 'db_admin_password', 'db_replication_password'];

export const failures = ['PostgreSQL is killed', 'the container is killed', 'the machine hangs'] as const;
type Failure = (typeof failures)[number];

/** The members of the database. */
const members = ['postgres1', 'postgres2', 'postgres3'];

/**
 * `deploy/swarm.yaml` on this engine, which is made a swarm of one machine if it is in none. Disposing of it removes
 * everything, the swarm included if it was made for it.
 */
export class Swarm implements AsyncDisposable {
	readonly address: string;
	readonly #name: string;
	readonly #variables: Variables;

	private constructor(name: string, port: number) {
		this.#name = name;
		this.address = `http://127.0.0.1:${port}/`;
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
	static async prepare(): Promise<Swarm> {
		const swarm = new Swarm(`${prefix}${process.pid}`, await freePort());
		try {
			await joinSwarm();
			await removeStacksOfKilledRuns();
			await swarm.#createSecrets();
			await swarm.#build();
			return swarm;
		} catch (error) {
			await swarm[Symbol.asyncDispose]();
			throw error;
		}
	}

	async #createSecrets(): Promise<void> {
		for (const secret of secrets) {
			const create = startProcess('docker', ['secret', 'create', `${this.#name}_${secret}`, '-'], {
				input: true,
			});
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
	}

	/** Deploys a version of the service. Does not wait. */
	async deploy(version: string, variables: Variables = {}): Promise<void> {
		const args = ['stack', 'deploy', '--detach', '--resolve-image=never', '--compose-file', file, this.#name];
		await this.#run('docker', args, { VERSION: version, ...variables });
	}

	/** Waits until every replica of the service is healthy and of this version. */
	async settled(version: string): Promise<void> {
		await eventually(async () => {
			const images = await this.ask(
				'ps',
				'--filter=desired-state=running',
				'--format={{.Image}} {{.CurrentState}}',
				'web',
			);
			const running = images
				.split('\n')
				.filter((line) => line.startsWith(`${this.#name}:${version} Running`));
			return running.length === 3 && images.split('\n').length === 3;
		}, 240);
	}

	/** `docker service COMMAND … SERVICE`. */
	async ask(command: string, ...args: readonly string[]): Promise<string> {
		const service = args.at(-1) ?? '';
		return await ask('service', command, ...args.slice(0, -1), `${this.#name}_${service}`);
	}

	/** How far the last update of a service is. */
	async updateState(service: string): Promise<string> {
		return await this.ask('inspect', '--format={{.UpdateStatus.State}}', service);
	}

	/** The container of a service that runs now. */
	async container(service: string): Promise<string> {
		const [id] = await this.#containers(service);
		if (id === undefined) throw new Error(`${service} has no container`);
		return id;
	}

	async #containers(service: string): Promise<readonly string[]> {
		const label = `label=com.docker.swarm.service.name=${this.#name}_${service}`;
		return await list('ps', '--quiet', '--filter', label);
	}

	/** The member that is the primary, and the one that is its synchronous standby. */
	async roles(): Promise<{ readonly primary: string | undefined; readonly standby: string | undefined }> {
		const roles = await Promise.all(
			members.map(async (member) => {
				for (const role of ['primary', 'synchronous'] as const)
					if (await this.#hasRole(member, role)) return role;
				return undefined;
			}),
		);
		return { primary: members[roles.indexOf('primary')], standby: members[roles.indexOf('synchronous')] };
	}

	async #hasRole(member: string, role: string): Promise<boolean> {
		const request = `import urllib.request as r; r.urlopen('http://127.0.0.1:8008/${role}', timeout=2)`;
		const [container] = await this.#containers(member);
		if (container === undefined) return false;
		return (await docker('exec', container, 'python3', '-c', request)).status === 0;
	}

	/** Kills PostgreSQL or the whole container of a member, or lets it hang like a machine that is cut off. */
	async fail(member: string, failure: Failure): Promise<void> {
		const container = await this.container(member);
		if (failure === 'PostgreSQL is killed')
			await ask('exec', container, 'sh', '-c', 'read pid <$PGDATA/postmaster.pid; kill -KILL $pid');
		else await ask(failure === 'the container is killed' ? 'kill' : 'pause', container);
	}

	/** Lets a member that hangs continue, unless Swarm has replaced it. */
	async resume(member: string): Promise<void> {
		for (const container of await this.#containers(member)) await docker('unpause', container);
	}

	/** The result of a statement of the admin on the primary, which has it on two machines then. */
	async query(database: string, statement: string): Promise<string> {
		return await ask(...(await this.#psql(database, statement)));
	}

	/** Waits until the database commits. */
	async commits(): Promise<void> {
		const statement = 'CREATE TABLE IF NOT EXISTS probe (); DROP TABLE probe';
		const command = await this.#psql('postgres', statement);
		await eventually(async () => (await docker(...command)).status === 0, 120);
	}

	/** From a pooler, which has psql and reaches HAProxy. */
	async #psql(database: string, statement: string): Promise<string[]> {
		const admin = await this.container('pgbouncer');
		const login = `host=haproxy user=postgres dbname=${database} connect_timeout=2`;
		return [
			'exec',
			`--env=PGPASSWORD=${await this.#adminPassword()}`,
			admin,
			'psql',
			'-qAtX',
			login,
			'-c',
			statement,
		];
	}

	#password: string | undefined;
	async #adminPassword(): Promise<string> {
		this.#password ??= await ask(
			'exec',
			await this.container('postgres1'),
			'cat',
			'/run/secrets/db_admin_password',
		);
		return this.#password;
	}

	/** The log of a service. */
	async log(service: string): Promise<string> {
		const { stdout, stderr } = await docker('service', 'logs', '--raw', `${this.#name}_${service}`);
		return stdout + stderr;
	}

	async #run(command: string, args: readonly string[], variables: Variables): Promise<void> {
		const env = { ...this.#variables, ...variables };
		const { status, stdout, stderr } = await startProcess(command, args, { env }).finished;
		if (status !== 0)
			throw new Error(`${command} ${args.join(' ')} exited with ${status}:\n${stdout}\n${stderr}`);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await removeStack(this.#name);
		await removeOwned();
		const { stdout } = await docker(
			'node',
			'inspect',
			'self',
			`--format={{index .Spec.Labels "${madeForTests}"}}`,
		);
		if (stdout.trim() !== 'true') return;
		await ask('swarm', 'leave', '--force');
		await docker('network', 'rm', 'docker_gwbridge');
	}
}

/** The names of stacks end in the pid of their run. */
const prefix = 'slipway-test-swarm-';

/** The label of a machine that was in no swarm before. */
const madeForTests = 'dev.slipway.test';

async function joinSwarm(): Promise<void> {
	const labels = [1, 2, 3].map((member) => `--label-add=member${member}=true`);
	if ((await ask('info', '--format={{.Swarm.LocalNodeState}}')) === 'inactive') {
		await ask('swarm', 'init', '--advertise-addr=127.0.0.1', '--listen-addr=127.0.0.1');
		labels.push(`--label-add=${madeForTests}=true`);
	}
	await ask('node', 'update', ...labels, await ask('info', '--format={{.Swarm.NodeID}}'));
}

async function removeStacksOfKilledRuns(): Promise<void> {
	for (const name of await list('secret', 'ls', '--format={{.Name}}')) {
		const [stack, pid] = /^slipway-test-swarm-(\d+)/.exec(name) ?? [];
		if (stack !== undefined && !isRunning(Number(pid))) await removeStack(stack);
	}
}

/** Removes a stack with its volumes, secrets and images. */
async function removeStack(name: string): Promise<void> {
	const own = `--filter=label=com.docker.stack.namespace=${name}`;
	await docker('stack', 'rm', name);
	await docker('secret', 'rm', ...secrets.map((secret) => `${name}_${secret}`));
	await eventually(async () => (await list('ps', '--all', '--quiet', own)).length === 0);
	const images = [name, `${name}-database`].map((image) => `--filter=reference=${image}`);
	for (const volume of await list('volume', 'ls', '--quiet', own)) await ask('volume', 'rm', volume);
	for (const image of await list('images', '--format={{.Repository}}:{{.Tag}}', ...images))
		await ask('rmi', '--force', image);
}

/** The lines of a Docker command's output. */
async function list(...args: readonly string[]): Promise<readonly string[]> {
	return (await ask(...args)).split('\n').filter((line) => line !== '');
}

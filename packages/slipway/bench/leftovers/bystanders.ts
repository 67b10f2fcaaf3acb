import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type Docker from 'dockerode';
import { type Connection, withClient } from '../../src/connection/index.ts';
import { imageOf } from '../../src/postgres-versions.ts';
import type { Project } from '../vitest/project.ts';
import { startInProject } from '../vitest/run.ts';
import type { Provider } from './plan.ts';

/** Files, processes, servers and containers of others, which must survive each killed run. */
export interface Bystanders extends AsyncDisposable {
	/** Their entries in the servers' folder. */
	readonly files: readonly string[];
	/** The names of those that are gone. */
	harmed(): Promise<string[]>;
}

interface Bystander extends AsyncDisposable {
	readonly name: string;
	isThere(): Promise<boolean>;
}

/** Places them among the files of the servers to be killed and, if there is an engine, on the same engine. */
export async function placeBystanders(project: Project, docker: Docker | undefined): Promise<Bystanders> {
	await using stack = new AsyncDisposableStack();
	const all: Bystander[] = [placeFolder(project.servers), placeProcess()];
	for (const each of all) stack.use(each);
	const add = (bystander: Bystander) => all.push(stack.use(bystander));
	add(await placeServer(project, 'embedded'));
	if (docker !== undefined) {
		add(await placeServer(project, 'container'));
		add(await placeContainer(docker));
		add(await placeVolume(docker));
	}
	const placed = stack.move();
	return {
		files: readdirSync(project.servers),
		async harmed() {
			const standing = await Promise.all(all.map((each) => each.isThere()));
			return all.filter((_, index) => !standing[index]).map(({ name }) => name);
		},
		[Symbol.asyncDispose]: () => placed.disposeAsync(),
	};
}

function placeFolder(parent: string): Bystander {
	const file = join(parent, 'slipway-of-somebody-else', 'file');
	mkdirSync(join(parent, 'slipway-of-somebody-else'));
	writeFileSync(file, '');
	return {
		name: "another program's folder",
		isThere: async () => existsSync(file),
		async [Symbol.asyncDispose]() {},
	};
}

function placeProcess(): Bystander {
	const child = spawn('sleep', ['86400'], { argv0: 'postgres', stdio: 'ignore' });
	return {
		name: "another program's process",
		isThere: async () => child.exitCode === null && child.signalCode === null,
		async [Symbol.asyncDispose]() {
			const exited = once(child, 'exit');
			if (child.kill()) await exited;
		},
	};
}

/** The server of another, living process, with its files in the same folder. */
async function placeServer(project: Project, provider: Provider): Promise<Bystander> {
	project.write({
		[`living-${provider}.js`]: `
import { startPostgres } from 'slipway';
await using server = await startPostgres({ provider: '${provider}' });
console.log(JSON.stringify(server.app));
await new Promise((resolve) => process.stdin.once('end', resolve).resume());`,
	});
	const { child, passed } = startInProject(project, [`living-${provider}.js`]);
	const [line] = await Promise.race([
		once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line'),
		passed.then((output) => [output]),
	]);
	const app = JSON.parse(line) as Connection;
	return {
		name: `a living process's server (${provider})`,
		isThere: () => withClient(app, async () => true).catch(() => false),
		async [Symbol.asyncDispose]() {
			child.stdin?.end();
			await passed;
		},
	};
}

async function placeContainer(docker: Docker): Promise<Bystander> {
	const container = await docker.createContainer({
		Image: imageOf(),
		Cmd: ['sleep', '86400'],
		HostConfig: { AutoRemove: true },
	});
	await container.start();
	return {
		name: "another program's container",
		isThere: async () => (await container.inspect().catch(() => undefined))?.State.Running === true,
		[Symbol.asyncDispose]: () => container.remove({ force: true, v: true }),
	};
}

async function placeVolume(docker: Docker): Promise<Bystander> {
	const name = `slipway-bench-${randomUUID()}`;
	await docker.createVolume({ Name: name });
	const volume = docker.getVolume(name);
	return {
		name: "another program's volume",
		isThere: () =>
			volume.inspect().then(
				() => true,
				() => false,
			),
		[Symbol.asyncDispose]: () => volume.remove(),
	};
}

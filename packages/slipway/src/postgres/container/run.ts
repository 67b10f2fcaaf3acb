import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, type Login, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { checkSettings } from '../server-settings.ts';
import type { ContainerStdio } from './container-stdio.ts';
import type { Engine } from './engine.ts';
import { ignoreNotFound } from './ignore-not-found.ts';
import { ServerContainer, started } from './server-container.ts';
import type { ServerPlan } from './server-plan.ts';
import { explainStartError } from './start-errors.ts';
import { superuserConnection } from './superuser.ts';

/** A container whose server answers. */
export interface RunningContainer {
	readonly admin: Login;
	readonly id: string;
	readonly stdio: ContainerStdio;
	/** Resolves with the end of its output when it has ended. */
	readonly ended: Promise<string>;
	/** Resolves when the container and the volumes of its image are removed. Uses force after `seconds`. */
	stop(seconds: number): Promise<void>;
}

const retryMilliseconds = 5;
const timeoutMilliseconds = 120_000;

/** Throws `invalid-server-settings`, and what `explainStartError` explains. */
export async function runContainer(engine: Engine, plan: ServerPlan): Promise<RunningContainer> {
	checkSettings(plan.settings);
	let admin: Login | undefined;
	const container: ServerContainer = new ServerContainer(engine, plan, async (port) => {
		const host = plan.shared === undefined ? engine.host : '127.0.0.1';
		admin = superuserConnection(host, port, plan, plan.certificate?.authorityFile);
		await waitUntilReachable(admin, plan, container.stdio);
	});
	try {
		await container.start();
		return toRunningContainer(engine, container, admin);
	} catch (error) {
		// The next start removes what cannot be removed now. The error of this start matters more.
		await removeContainer(engine, container, 0).catch(() => {});
		// Its output may arrive later, and explains more than the engine's message.
		await Promise.race([container.stdio?.closed, sleep(1000, undefined, { ref: false })]);
		throw explainStartError(error, plan, container.stdio?.output ?? '');
	}
}

function toRunningContainer(
	engine: Engine,
	container: ServerContainer,
	admin: Login | undefined,
): RunningContainer {
	const { stdio, containerId: id } = container;
	if (admin === undefined || stdio === undefined || id === undefined)
		throw new Error('Testcontainers skipped a step');
	return {
		admin,
		id,
		stdio,
		ended: stdio.closed.then(() => stdio.output.replace(`${started}\n`, '')),
		stop: (seconds) => removeContainer(engine, container, seconds),
	};
}

/**
 * A server in its own network is reached through the engine, which may become ready later than PostgreSQL.
 */
async function waitUntilReachable(
	admin: Connection,
	{ shared }: ServerPlan,
	stdio: ContainerStdio | undefined,
): Promise<void> {
	if (stdio === undefined) throw new Error('Testcontainers skipped a step');
	const overdue = sleep(timeoutMilliseconds, 'overdue' as const, { ref: false });
	if ((await Promise.race([stdio.printed(started), overdue])) === 'overdue') throw notStarted();
	if (shared !== undefined) return;
	const ended = stdio.closed.then(() => 'ended' as const);
	for (;;) {
		const answer = await Promise.race([ended, overdue, tryToConnect(admin)]);
		if (answer === undefined) return;
		if (answer === 'ended') throw new Error('the container ended');
		if (answer === 'overdue') throw notStarted();
		if (!notYet.has(answer.code)) throw answer;
		await sleep(retryMilliseconds);
	}
}

const notStarted = () => new Error(`it did not answer within ${timeoutMilliseconds / 1000} s`);

/** The errors of a server that is still starting: its port is open before it listens. */
const notYet = new Set(['server-refuses', 'connection-closed', 'server-not-ready', 'server-unreachable']);

/** Undefined if the server answers. */
async function tryToConnect(admin: Connection): Promise<SlipwayError | undefined> {
	try {
		await withClient(admin, async () => {});
		return undefined;
	} catch (error) {
		if (error instanceof SlipwayError) return error;
		throw error;
	}
}

async function removeContainer(
	{ docker }: Engine,
	{ containerId, stdio }: ServerContainer,
	seconds: number,
): Promise<void> {
	if (containerId === undefined) return;
	const container = docker.getContainer(containerId);
	const removed = container.wait({ condition: 'removed' }).then(() => 'removed', ignoreNotFound);
	stdio?.release();
	const overdue = sleep(seconds * 1000, 'overdue', { ref: false });
	if ((await Promise.race([removed, overdue])) === 'overdue')
		await container.remove({ force: true, v: true }).catch(ignoreNotFound);
	await removed;
}

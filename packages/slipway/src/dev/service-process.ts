import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, SlipwayError } from '../errors.ts';
import { type ExpectedEndpoint, listeningAddress } from './listening-address.ts';

export interface ServiceProcessOptions {
	/** A command line, or a program with its arguments. */
	readonly command: string | readonly string[];
	/**
	 * Where the service listens unless it sends `{ address }` to its parent process over Node's IPC channel first, as one
	 * does that chooses its port itself.
	 */
	readonly endpoint: ExpectedEndpoint;
	/** The working directory. */
	readonly folder: string;
	readonly environment: NodeJS.ProcessEnv;
	/** Called with how the service exited, if it had been listening and nothing stopped it. */
	readonly onCrash: (how: string) => void;
	/**
	 * Milliseconds after which a process that is stopping is killed. Default: 9000, since the service may take
	 * 8000. One that has not listened has no requests to answer, may hang, and gets 1000 at most.
	 */
	readonly killAfter?: number;
}

const killUnheardAfter = 1000;

/** The process of the service, replaced at each restart. */
export class ServiceProcess implements AsyncDisposable {
	readonly #options: ServiceProcessOptions;
	#child: Child | undefined;
	/** Counts restarts and stops. A restart that finds it changed has been superseded. */
	#generation = 0;

	constructor(options: ServiceProcessOptions) {
		this.#options = options;
	}

	/**
	 * Starts the service, in place of the process that is running or starting. Resolves with its address when
	 * it listens, or with `undefined` if another restart or a stop came first. Throws
	 * `service-did-not-start`.
	 */
	async restart(): Promise<string | undefined> {
		const generation = ++this.#generation;
		await this.#child?.stop();
		if (generation !== this.#generation) return undefined;
		const child = new Child(this.#options);
		this.#child = child;
		const address = await child.listening;
		if (generation !== this.#generation) return undefined;
		if (address === undefined) throw didNotStart(await child.exited);
		void child.exited.then((how) => {
			if (!child.isStopping) this.#options.onCrash(how);
		});
		return address;
	}

	/** Stops the service until the next restart. */
	async stop(): Promise<void> {
		this.#generation++;
		await this.#child?.stop();
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.stop();
	}
}

class Child {
	/** How it exited. */
	readonly exited: Promise<string>;
	/** Its address. Stays pending if it never listens; `undefined` once it has exited instead. */
	readonly listening: Promise<string | undefined>;
	readonly #process: ChildProcess;
	readonly #killAfter: number;
	#hasListened = false;
	#stopped: Promise<void> | undefined;

	constructor({ command, endpoint, folder, environment, killAfter = 9000 }: ServiceProcessOptions) {
		// In its own session, the service does not get the terminal's Ctrl-C in addition to our SIGTERM. It would
		// take a second signal as a request to exit without finishing the requests in flight.
		const [program = '', ...args] = programOf(command);
		const child = spawn(program, args, {
			cwd: folder,
			env: environment,
			detached: true,
			stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
		});
		const kill = () => killGroup(child, 'SIGKILL');
		process.once('exit', kill);
		this.exited = once(child, 'exit').then(async ([code, signal]) => {
			await untilGroupHasExited(child, killAfter);
			process.off('exit', kill);
			return `with ${signal ?? `exit code ${code}`}`;
		});
		this.listening = addressOf(child, endpoint).then(async (address) => {
			this.#hasListened = address !== undefined;
			if (!this.#hasListened) await this.exited;
			return address;
		});
		this.#process = child;
		this.#killAfter = killAfter;
	}

	/** Whether `stop` was called. */
	get isStopping(): boolean {
		return this.#stopped !== undefined;
	}

	/** Resolves when it has exited or was killed. */
	stop(): Promise<void> {
		this.#stopped ??= this.#stop();
		return this.#stopped;
	}

	async #stop(): Promise<void> {
		killGroup(this.#process, 'SIGTERM');
		const timeout = this.#hasListened ? this.#killAfter : Math.min(this.#killAfter, killUnheardAfter);
		const overdue = setTimeout(() => killGroup(this.#process, 'SIGKILL'), timeout);
		await this.exited;
		clearTimeout(overdue);
	}
}

/** The address that it sends, or that of `endpoint` once it can be reached. `undefined` if it exits first. */
async function addressOf(child: ChildProcess, endpoint: ExpectedEndpoint): Promise<string | undefined> {
	const sent = new Promise<string | undefined>((resolve) => {
		child.once('message', (message) => resolve((message as { address: string }).address));
		for (const end of ['exit', 'error']) child.once(end, () => resolve(undefined));
	});
	if (endpoint.port === 0) return await sent;
	const asking = new AbortController();
	void sent.then(() => asking.abort());
	return await Promise.race([sent, listeningAddress(endpoint, asking.signal)]);
}

/** Avoids the shell for a plain command: it would be another process between this one and the service. */
function programOf(command: string | readonly string[]): readonly string[] {
	if (typeof command !== 'string') return command;
	return /^[\w@%+=:,./ -]+$/.test(command) ? command.trim().split(/ +/) : ['/bin/sh', '-c', command];
}

/**
 * Signals the process group, since the child may be a shell with children. Returns whether a process is left.
 */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
	if (pid === undefined) return false;
	try {
		return process.kill(-pid, signal);
	} catch (error) {
		if (hasCode(error, 'ESRCH')) return false;
		throw error;
	}
}

/** Waits, since a shell may exit before its children do. Kills what is left after `timeout` milliseconds. */
async function untilGroupHasExited(child: ChildProcess, timeout: number): Promise<void> {
	for (const end = performance.now() + timeout; killGroup(child, 0); await sleep(10))
		if (performance.now() > end) return void killGroup(child, 'SIGKILL');
}

function didNotStart(how: string): SlipwayError {
	return new SlipwayError(
		'service-did-not-start',
		`the service exited ${how}`,
		'Fix the error that it printed above.',
	);
}

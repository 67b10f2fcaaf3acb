import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, SlipwayError } from '../errors.ts';

export interface ServiceProcessOptions {
	/** The command line that starts the service. A Node process sends `{ address }` to its parent when it listens. */
	readonly command: string;
	/** Where it runs. */
	readonly folder: string;
	readonly environment: NodeJS.ProcessEnv;
	/** Told how a process ended that had listened and that nobody had stopped. */
	readonly onCrash: (how: string) => void;
	/** Milliseconds after which a process that was told to end is killed; 9000 unless told: the service itself needs 8000 at most. */
	readonly killAfter?: number;
}

/** The one process of the service, replaced by another at each restart. */
export class ServiceProcess implements AsyncDisposable {
	readonly #options: ServiceProcessOptions;
	#child: Child | undefined;
	/** Counts what was asked for: who finds it changed has been overtaken. */
	#order = 0;

	constructor(options: ServiceProcessOptions) {
		this.#options = options;
	}

	/**
	 * Starts the service, in place of the process that runs or is about to. Resolves with its address when it listens,
	 * and with nothing when the next restart, or the end, came first. Throws `service-did-not-start`.
	 */
	async restart(): Promise<string | undefined> {
		const order = ++this.#order;
		await this.#child?.end();
		if (order !== this.#order) return undefined;
		const child = new Child(this.#options);
		this.#child = child;
		const address = await Promise.race([child.listening, child.exited.then(() => undefined)]);
		if (order !== this.#order) return undefined;
		if (address === undefined) throw didNotStart(await child.exited);
		void child.exited.then((how) => {
			if (!child.ending) this.#options.onCrash(how);
		});
		return address;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		this.#order++;
		await this.#child?.end();
	}
}

class Child {
	/** How it ended. */
	readonly exited: Promise<string>;
	/** Where it listens; pending for ever when it does not. */
	readonly listening: Promise<string>;
	readonly #process: ChildProcess;
	readonly #killAfter: number;
	#hasListened = false;
	#ended: Promise<void> | undefined;

	constructor({ command, folder, environment, killAfter = 9000 }: ServiceProcessOptions) {
		// A session of its own keeps the terminal's Ctrl-C away, which it would get besides the order to end, and cut its
		// answers short: the second signal is for that.
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
			await untilGroupIsGone(child, killAfter);
			process.off('exit', kill);
			return `with ${signal ?? `exit code ${code}`}`;
		});
		this.listening = new Promise((resolve) => {
			child.once('message', (message) => {
				this.#hasListened = true;
				resolve((message as { address: string }).address);
			});
		});
		this.#process = child;
		this.#killAfter = killAfter;
	}

	/** Whether it was told to end. */
	get ending(): boolean {
		return this.#ended !== undefined;
	}

	/** Resolves when it is gone, be it by force. */
	end(): Promise<void> {
		this.#ended ??= this.#end();
		return this.#ended;
	}

	async #end(): Promise<void> {
		// Who has not listened has no request to answer, and may hang.
		killGroup(this.#process, this.#hasListened ? 'SIGTERM' : 'SIGKILL');
		const overdue = setTimeout(() => killGroup(this.#process, 'SIGKILL'), this.#killAfter);
		await this.exited;
		clearTimeout(overdue);
	}
}

/** Words alone need no shell, which would be one more process between this one and the service. */
function programOf(command: string): string[] {
	return /^[\w@%+=:,./ -]+$/.test(command) ? command.trim().split(/ +/) : ['/bin/sh', '-c', command];
}

/** The shell may have stayed as the parent of what it runs. Returns whether there is still such a process. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals | 0): boolean {
	if (pid === undefined) return false;
	try {
		return process.kill(-pid, signal);
	} catch (error) {
		if (hasCode(error, 'ESRCH')) return false;
		throw error;
	}
}

/** The shell may end before what it runs. What is left after `patience` milliseconds is killed. */
async function untilGroupIsGone(child: ChildProcess, patience: number): Promise<void> {
	for (const end = performance.now() + patience; killGroup(child, 0); await sleep(10))
		if (performance.now() > end) return void killGroup(child, 'SIGKILL');
}

function didNotStart(how: string): SlipwayError {
	return new SlipwayError('service-did-not-start', `the service ended ${how}`, 'Mend what it says above.');
}

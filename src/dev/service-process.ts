import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { SlipwayError } from '../errors.ts';

export interface ServiceProcessOptions {
	/** The service's entry point, which sends `{ address }` to its parent when it listens. */
	readonly entry: string;
	readonly environment: NodeJS.ProcessEnv;
	/** Told how a process ended that nobody had stopped. */
	readonly onCrash: (how: string) => void;
}

/** The one process of the service, replaced by another at each restart. */
export class ServiceProcess implements AsyncDisposable {
	readonly #options: ServiceProcessOptions;
	#child: ChildProcess | undefined;
	/** Starts and stops follow one another. */
	#queue: Promise<unknown> = Promise.resolve();

	constructor(options: ServiceProcessOptions) {
		this.#options = options;
	}

	/** Starts the service, in place of the process that runs. Resolves with its address when it listens. */
	restart(): Promise<string> {
		return this.#enqueue(async () => {
			await this.#end();
			return await this.#start();
		});
	}

	[Symbol.asyncDispose](): Promise<void> {
		return this.#enqueue(() => this.#end());
	}

	#enqueue<T>(step: () => Promise<T>): Promise<T> {
		const result = this.#queue.then(step);
		this.#queue = result.catch(() => {});
		return result;
	}

	async #start(): Promise<string> {
		const { entry, environment, onCrash } = this.#options;
		const child = fork(entry, { env: environment });
		const exited = once(child, 'exit').then(([code, signal]) => `with ${signal ?? `exit code ${code}`}`);
		const listening = once(child, 'message').then(([message]) => (message as { address: string }).address);
		const address = await Promise.race([listening, exited.then(failToStart)]);
		this.#child = child;
		void exited.then((how) => {
			if (this.#child !== child) return;
			this.#child = undefined;
			onCrash(how);
		});
		return address;
	}

	async #end(): Promise<void> {
		const child = this.#child;
		if (child === undefined) return;
		this.#child = undefined;
		child.kill('SIGTERM');
		await once(child, 'exit');
	}
}

function failToStart(how: string): never {
	throw new SlipwayError('service-did-not-start', `the service ended ${how}`, 'Mend what it says above.');
}

import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type Docker from 'dockerode';

const keptCharacters = 4096;

/**
 * The standard streams of a container's first process, which exits when its input ends. The operating system
 * closes them when this process ends. They do not keep this process alive.
 */
export class ContainerStdio {
	/** Resolves when the container has ended, or the connection to the engine is lost. */
	readonly closed: Promise<void>;
	readonly #socket: Socket;
	readonly #heard = new EventEmitter();
	#output = '';

	/**
	 * Opens them before the container starts, so that there is no moment when it could outlive this process.
	 */
	static async open(docker: Docker, containerId: string): Promise<ContainerStdio> {
		const streams = { stream: true, stdin: true, stdout: true, stderr: true, hijack: true };
		const socket = (await docker.getContainer(containerId).attach(streams)) as Socket;
		return new ContainerStdio(docker, socket);
	}

	constructor(docker: Docker, socket: Socket) {
		this.#socket = socket;
		this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
		socket.on('error', () => {}); // The engine may go away at any moment; 'close' follows.
		socket.unref();
		const keep = new Writable({
			write: (chunk: Buffer, _encoding, done) => {
				this.#output = (this.#output + chunk.toString()).slice(-keptCharacters);
				this.#heard.emit('output');
				done();
			},
		});
		docker.modem.demuxStream(socket, keep, keep);
	}

	/** The end of the container's output. */
	get output(): string {
		return this.#output.trim();
	}

	/**
	 * Resolves when the container has printed `text`; rejects if it ends without that. Keeps this process alive
	 * until then.
	 */
	async printed(text: string): Promise<void> {
		const ended = this.closed.then(() => 'ended');
		this.#socket.ref();
		try {
			while (!this.#output.includes(text)) {
				const heard = await Promise.race([once(this.#heard, 'output'), ended]);
				if (heard === 'ended' && !this.#output.includes(text))
					throw new Error(`the container ended: ${this.output}`);
			}
		} finally {
			this.#socket.unref();
		}
	}

	write(line: string): void {
		this.#socket.write(`${line}\n`);
	}

	/** Ends the container. */
	release(): void {
		this.#socket.end();
	}
}

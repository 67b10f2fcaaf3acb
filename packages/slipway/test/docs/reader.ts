import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Finished, type RunningChild, runProcess, startProcess } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { type Block, placeOf } from '../helpers/markdown.ts';

/** What a reader of a page does: what a block says, or to press Ctrl-C in the terminal where `dev` runs. */
export type Step = Block | 'Ctrl-C';

const dev = 'npx slipway dev';

/** Follows a page from top to bottom: writes its files, runs its commands, and compares what they print. */
export class Reader implements AsyncDisposable {
	folder: string;
	readonly environment: NodeJS.ProcessEnv;
	/** Where the service listens. The page has the default port, which another test may use. */
	readonly #port: number;
	#dev: DevTerminal | undefined;
	/** What the commands of the last block have printed; of a block that starts `dev`, the terminal. */
	#output: string | DevTerminal = '';

	constructor(folder: string, port: number, environment: NodeJS.ProcessEnv) {
		this.folder = folder;
		this.#port = port;
		this.environment = { ...environment, PORT: String(port) };
	}

	async follow(step: Step): Promise<void> {
		if (step === 'Ctrl-C') return await this.#pressCtrlC();
		if (step.file !== undefined) return await this.#write(step, step.file);
		if (step.language === 'sh') return await this.#run(step);
		await this.#compare(step);
	}

	/** A file of `src` restarts the service. */
	async #write({ text }: Block, file: string): Promise<void> {
		const path = join(this.folder, file);
		mkdirSync(dirname(path), { recursive: true });
		this.#dev?.forget();
		if (text.split('\n')[0]?.endsWith(', at the end')) appendFileSync(path, text);
		else writeFileSync(path, text);
		if (file.startsWith('src/')) await this.#dev?.prints(/restarted on/);
	}

	async #run(block: Block): Promise<void> {
		const [commands = '', rest] = block.text.split(`${dev}\n`);
		this.#dev?.forget();
		// The folder in which the commands end is that of the next block.
		const script = `${commands.replaceAll('localhost:3000', `localhost:${this.#port}`)}\npwd`;
		const { status, stdout, stderr } = await this.run('sh', ['-ec', script]);
		if (status !== 0) throw new Error(`${placeOf(block)} exited with ${status}:\n${stdout}${stderr}`);
		this.folder = stdout.trimEnd().split('\n').at(-1) ?? '';
		this.#output = stripVTControlCharacters(stdout + stderr);
		if (rest !== undefined) this.#output = this.#dev = this.#startDev();
	}

	run(command: string, args: readonly string[]): Promise<Finished> {
		return runProcess(command, args, { cwd: this.folder, env: this.environment });
	}

	/** A process group of its own gets Ctrl-C as a whole, as from a terminal. */
	#startDev(): DevTerminal {
		const options = { cwd: this.folder, env: this.environment, detached: true };
		return new DevTerminal(startProcess('npx', ['slipway', 'dev'], options));
	}

	/** Every line of the block has been printed. */
	async #compare(block: Block): Promise<void> {
		const output = block.marker === 'printed by dev' ? (this.#dev ?? '') : this.#output;
		for (const line of block.text.split('\n').filter((each) => each.trim() !== '')) {
			const pattern = patternOf(line);
			if (output instanceof DevTerminal) await output.prints(pattern);
			else if (!pattern.test(output)) throw new Error(`${placeOf(block)}: no ${pattern} in:\n${output}`);
		}
	}

	async #pressCtrlC(): Promise<void> {
		const { status, stderr } = (await this.#dev?.pressCtrlC()) ?? {};
		this.#dev = undefined;
		// npx ends itself by the signal, once the command has ended.
		if (status !== 'SIGINT' && status !== 0) throw new Error(`${dev} exited with ${status}: ${stderr}`);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#dev?.pressCtrlC();
	}
}

/** Of a line that a page shows: spaces may differ, a number from four digits on and a time are any, `…` is anything. */
function patternOf(line: string): RegExp {
	const text = line
		.trim()
		.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
		.replaceAll(/\d+m?s$/g, '\\d+m?s')
		.replaceAll(/\d{4,}/g, '\\d+')
		.replaceAll('…', '.*')
		.replaceAll(/ +/g, ' +');
	// The helper that starts programs marks vitest's summaries.
	return new RegExp(`^(\\| )?\\s*${text}\\s*$`, 'm');
}

/** The terminal in which `dev` runs. */
class DevTerminal {
	readonly #running: RunningChild;
	#output = '';

	constructor(running: RunningChild) {
		this.#running = running;
		for (const stream of [running.child.stdout, running.child.stderr])
			stream?.on('data', (text: string) => {
				this.#output += text;
			});
	}

	/** Later calls of `prints` are about what is printed from now on. */
	forget(): void {
		this.#output = '';
	}

	async prints(pattern: RegExp): Promise<void> {
		const { child } = this.#running;
		const isPrinted = () => pattern.test(this.#output);
		await eventually(() => isPrinted() || child.exitCode !== null).catch(() => {});
		if (!isPrinted()) throw new Error(`dev has not printed ${pattern}:\n${this.#output}`);
	}

	async pressCtrlC(): Promise<Finished> {
		const { child, pid, finished } = this.#running;
		if (child.exitCode === null) process.kill(-pid, 'SIGINT');
		return await finished;
	}
}

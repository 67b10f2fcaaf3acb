import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, psqlCommand, writePassFile } from '../connection/index.ts';

const prefix = 'slipway-kept-';

/** The databases of failed tests, each with a file that lets psql in. */
export class KeptDatabases implements Disposable {
	readonly #commands: string[] = [];
	#folder: string | undefined;

	/** Returns the command line that opens it. */
	add(connection: Connection): string {
		this.#folder ??= makeFolder();
		const file = join(this.#folder, `${connection.database}-${connection.port}`);
		writePassFile(file, connection);
		const command = psqlCommand(file, connection);
		this.#commands.push(command);
		return command;
	}

	/** Resolves at the first SIGINT or SIGTERM; at once when nothing is kept. */
	async untilInterrupted(): Promise<void> {
		if (this.#commands.length === 0) return;
		process.stderr.write(
			`\nDatabases of failed tests, until Ctrl-C:\n${this.#commands.map((command) => `  ${command}\n`).join('')}`,
		);
		const stay = setInterval(() => {}, 2 ** 31 - 1);
		await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
		clearInterval(stay);
	}

	[Symbol.dispose](): void {
		this.#commands.length = 0;
		if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
		this.#folder = undefined;
	}
}

/** Also removes those of processes that were killed, which name servers that are gone. */
function makeFolder(): string {
	const parent = tmpdir();
	for (const name of readdirSync(parent)) {
		const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
		if (pid > 0 && !isAlive(pid)) rmSync(join(parent, name), { recursive: true, force: true });
	}
	return mkdtempSync(join(parent, `${prefix}${process.pid}-`));
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

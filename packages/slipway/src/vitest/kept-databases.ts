import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, psqlCommand, writePassFile } from '../connection/index.ts';
import { createKeptFolder } from '../postgres/index.ts';

/** The databases of failed tests, each with a password file for psql. */
export class KeptDatabases implements Disposable {
	readonly #commands: string[] = [];
	#folder: string | undefined;

	/** Returns the command that opens the database. */
	add(connection: Connection): string {
		this.#folder ??= createKeptFolder();
		const file = join(this.#folder, `${connection.database}-${connection.port}`);
		writePassFile(file, connection);
		const command = psqlCommand(file, connection);
		this.#commands.push(command);
		return command;
	}

	/** Resolves at the first SIGINT or SIGTERM; at once if nothing is kept. */
	async untilInterrupted(): Promise<void> {
		if (this.#commands.length === 0) return;
		const list = this.#commands.map((command) => `  ${command}\n`).join('');
		process.stderr.write(`\nDatabases of failed tests, kept until Ctrl-C:\n${list}`);
		const stayAlive = setInterval(() => {}, 2 ** 31 - 1);
		await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
		clearInterval(stayAlive);
	}

	[Symbol.dispose](): void {
		this.#commands.length = 0;
		if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
		this.#folder = undefined;
	}
}

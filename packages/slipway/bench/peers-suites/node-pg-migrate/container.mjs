import { createRequire } from 'node:module';
import { join } from 'node:path';

// The checkout's own pg.
const { Client } = createRequire(join(process.cwd(), 'package.json'))('pg');

/** The part of Testcontainers' class that the tests use, on the server in SUITE_URL. */
export class PostgreSqlContainer {
	#url = new URL(process.env.SUITE_URL ?? '');

	withUsername() {
		return this;
	}
	withPassword() {
		return this;
	}
	withDatabase() {
		return this;
	}
	async start() {
		return this;
	}
	async stop() {}

	getHost() {
		return this.#url.hostname;
	}
	getPort() {
		return Number(this.#url.port);
	}
	getUsername() {
		return this.#url.username;
	}
	getPassword() {
		return this.#url.password;
	}
	getDatabase() {
		return this.#url.pathname.slice(1);
	}
	getConnectionUri() {
		return this.#url.href;
	}

	/** Runs the statements of `psql … -c SQL`. */
	async exec(command) {
		const client = new Client({ connectionString: this.#url.href });
		await client.connect();
		try {
			await client.query(command.at(-1));
			return { exitCode: 0, stdout: '', stderr: '' };
		} catch (error) {
			return { exitCode: 1, stdout: '', stderr: String(error) };
		} finally {
			await client.end();
		}
	}
}

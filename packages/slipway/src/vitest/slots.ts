import type { Sql } from 'postgres';
import { ClientState } from './client-state.ts';
import { type Clones, logIn } from './clones.ts';
import type { Clone } from './template-server.ts';
import { beginTransaction } from './transaction.ts';
import type { TestTransaction } from './transaction-end.ts';

/** A connection on which tests run their transactions one after another. */
export interface TestConnection<Client> {
	begin(): Promise<TestTransaction<Client>>;
	/** Makes it as it was when it was opened. */
	restore(): Promise<void>;
	/** Closes it, even if a statement still runs on it. */
	end(): Promise<void>;
}

/** A database with one connection. */
export interface Slot<Client> {
	readonly clone: Clone;
	readonly connection: TestConnection<Client>;
}

/**
 * The slots of a test file. Concurrent tests each have their own slot, so they do not wait for each other's
 * locks. A slot whose database may have changed is not reused.
 */
export class Slots<Client> {
	readonly #clones: Clones;
	readonly #open: (clone: Clone) => Promise<TestConnection<Client>>;
	readonly #free: Slot<Client>[] = [];

	constructor(clones: Clones, open: (clone: Clone) => Promise<TestConnection<Client>>) {
		this.#clones = clones;
		this.#open = open;
	}

	async acquire(): Promise<Slot<Client>> {
		const slot = this.#free.pop();
		if (slot !== undefined && (await slot.clone.server.isAlive())) return slot;
		const clone = await this.#clones.create();
		return { clone, connection: await this.#open(clone) };
	}

	async release(slot: Slot<Client>): Promise<void> {
		await slot.connection.restore();
		this.#free.push(slot);
	}

	async discard({ clone, connection }: Slot<Client>, test: string): Promise<void> {
		await connection.end();
		this.#clones.release(clone, test);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all(this.#free.splice(0).map(({ connection }) => connection.end()));
	}
}

/** Logs in to a clone with postgres.js. */
export async function openSqlConnection(clone: Clone): Promise<TestConnection<Sql>> {
	const { sql } = await logIn(clone, 1);
	const state = new ClientState(sql);
	return {
		begin: () => beginTransaction(sql),
		restore: async () => state.restore(),
		end: () => sql.end({ timeout: 0 }),
	};
}

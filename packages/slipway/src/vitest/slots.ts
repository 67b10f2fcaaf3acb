import type { Sql } from 'postgres';
import { ClientState } from './client-state.ts';
import { type Clones, logIn } from './clones.ts';
import type { Clone } from './template-server.ts';

/** A database with one connection, on which tests run their transactions one after another. */
export interface Slot {
	readonly clone: Clone;
	readonly client: Sql;
	readonly state: ClientState;
}

/**
 * The slots of a test file. Concurrent tests each have their own slot, so they do not wait for each other's
 * locks. A slot whose database may have changed is not reused.
 */
export class Slots {
	readonly #clones: Clones;
	readonly #free: Slot[] = [];

	constructor(clones: Clones) {
		this.#clones = clones;
	}

	async acquire(): Promise<Slot> {
		const slot = this.#free.pop();
		if (slot !== undefined && (await slot.clone.server.isAlive())) return slot;
		const { sql, ...clone } = await logIn(await this.#clones.create(), 1);
		return { clone, client: sql, state: new ClientState(sql) };
	}

	release(slot: Slot): void {
		slot.state.restore();
		this.#free.push(slot);
	}

	/** Closes the connection, even if a statement still runs on it. */
	async discard({ clone, client }: Slot, test: string): Promise<void> {
		await client.end({ timeout: 0 });
		this.#clones.release(clone, test);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all(this.#free.splice(0).map(({ client }) => client.end({ timeout: 0 })));
	}
}

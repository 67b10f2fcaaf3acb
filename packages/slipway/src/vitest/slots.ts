import type { Sql } from 'postgres';
import { ClientState } from './client-state.ts';
import { type Clone, type Clones, logIn } from './clones.ts';

/** A database with the one connection on which tests run their transactions, one after the other. */
export interface Slot {
	readonly clone: Clone;
	readonly client: Sql;
	readonly state: ClientState;
}

/**
 * The slots of a module. Tests at the same time have each a slot of their own, so that they do not wait for each other's
 * locks; a slot whose database may have been changed is not used again.
 */
export class Slots {
	readonly #clones: Clones;
	readonly #free: Slot[] = [];

	constructor(clones: Clones) {
		this.#clones = clones;
	}

	async take(): Promise<Slot> {
		const slot = this.#free.pop();
		if (slot !== undefined && !(await slot.clone.server.isLost())) return slot;
		const { sql, ...clone } = await logIn(await this.#clones.make(), 1);
		return { clone, client: sql, state: new ClientState(sql) };
	}

	giveBack(slot: Slot): void {
		slot.state.restore();
		this.#free.push(slot);
	}

	/** Ends whatever still runs on the connection. */
	async discard({ clone, client }: Slot, test: string): Promise<void> {
		await client.end({ timeout: 0 });
		this.#clones.retire(clone, test);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all(this.#free.splice(0).map(({ client }) => client.end({ timeout: 0 })));
	}
}

import type { Sql } from 'postgres';
import type { RunnerTestCase } from 'vitest';
import { ClientState } from './client-state.ts';
import type { Clone } from './clone.ts';
import { type Clones, logIn } from './clones.ts';
import type { IdleSlots } from './idle-slots.ts';
import { type Open, openSlot, type Slot, type TestConnection } from './slot.ts';
import { beginTransaction } from './transaction.ts';
import type { TestTransaction } from './transaction-end.ts';

export interface RunningSlot<Client> extends Slot<Client> {
	readonly transaction: TestTransaction<Client>;
}

/**
 * The slots of a test file. Concurrent tests each have their own slot, so they do not wait for each other's
 * locks. A slot whose database may have changed is not reused.
 */
export class Slots<Client> {
	readonly #clones: Clones;
	readonly #open: Open<Client>;
	/** Undefined where no other file can use a slot of this one. */
	readonly #idle: IdleSlots<Client> | undefined;
	readonly #free: Slot<Client>[] = [];

	constructor(clones: Clones, open: Open<Client>, idle: IdleSlots<Client> | undefined) {
		this.#clones = clones;
		this.#open = open;
		this.#idle = idle;
	}

	/** A slot whose transaction has begun. */
	async begin(): Promise<RunningSlot<Client>> {
		const slot = await this.#acquire();
		try {
			return { ...slot, transaction: await slot.connection.begin() };
		} catch (error) {
			// The server may have ended since the last test.
			if (await slot.clone.isAlive()) throw error;
			await slot.connection.end();
			return await this.begin();
		}
	}

	async release({ clone, connection }: Slot<Client>): Promise<void> {
		await connection.restore();
		this.#free.push({ clone, connection });
	}

	/** Keeps the database of a failed test. No other test gets the slot again. */
	async keep({ clone, connection }: Slot<Client>, task: Readonly<RunnerTestCase>): Promise<void> {
		await connection.end();
		await this.#clones.keep(clone, task);
	}

	async discard({ clone, connection }: Slot<Client>, task: Readonly<RunnerTestCase>): Promise<void> {
		await connection.end();
		this.#clones.release(clone, task);
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all(this.#free.splice(0).map((slot) => this.#giveUp(slot)));
	}

	async #giveUp(slot: Slot<Client>): Promise<void> {
		if (this.#idle?.put(this.#clones.key, slot)) this.#clones.handOn(slot.clone);
		else await slot.connection.end();
	}

	async #acquire(): Promise<Slot<Client>> {
		for (let slot = this.#free.pop(); slot !== undefined; slot = this.#free.pop()) {
			if (!slot.clone.hasEnded && !slot.clone.isOutdated) return slot;
			await slot.connection.end();
		}
		const idle = await this.#idle?.take(this.#clones.key);
		if (idle !== undefined) {
			this.#clones.adopt(idle.clone);
			return idle;
		}
		const clone = await this.#clones.create({ isReusable: this.#idle !== undefined });
		return await openSlot(clone, this.#open);
	}
}

/** Logs in to a clone with postgres.js. */
export async function openSqlConnection(clone: Clone): Promise<TestConnection<Sql>> {
	const sql = await logIn(clone, 1);
	const state = new ClientState(sql);
	return {
		begin: () => beginTransaction(sql),
		restore: async () => state.restore(),
		end: () => sql.end({ timeout: 0 }),
	};
}

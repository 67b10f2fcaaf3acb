import type { Clone } from './clone.ts';
import { type Open, openSlot, type Slot } from './slot.ts';

interface IdleSlot<Client> {
	readonly key: string;
	readonly clone: Clone;
	/** With a new session. Undefined if the login failed. */
	readonly slot: Promise<Slot<Client> | undefined>;
}

/**
 * A database for the transactions of a worker's next test file: that of the last one, which has left it as it was. Only
 * where vitest keeps the modules of a worker.
 */
export class IdleSlots<Client> {
	readonly #open: Open<Client>;
	/** One, because each set of options has a server of its own. */
	#idle: IdleSlot<Client> | undefined;

	constructor(open: Open<Client>) {
		this.#open = open;
	}

	/** Logs in to the database again. Returns false if it cannot be used any more, or no other is needed. */
	put(key: string, { clone, connection }: Slot<Client>): boolean {
		if (!clone.isReusable || clone.isOutdated || clone.hasEnded || this.#idle?.key === key) return false;
		if (this.#idle !== undefined) void discard(this.#idle);
		const slot = connection.end().then(() => openSlot(clone, this.#open));
		this.#idle = { key, clone, slot: slot.catch(() => undefined) };
		return true;
	}

	/** One that is like a new one. */
	async take(key: string): Promise<Slot<Client> | undefined> {
		const idle = this.#idle;
		if (idle?.key !== key) return undefined;
		this.#idle = undefined;
		const slot = await idle.slot;
		if (slot !== undefined && (await idle.clone.isLikeNew())) return slot;
		await discard(idle);
		return undefined;
	}
}

async function discard({ clone, slot }: IdleSlot<unknown>): Promise<void> {
	await (await slot)?.connection.end();
	await clone[Symbol.asyncDispose]();
}

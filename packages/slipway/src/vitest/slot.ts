import type { Clone } from './clone.ts';
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

/** Logs in to a clone. */
export type Open<Client> = (clone: Clone) => Promise<TestConnection<Client>>;

export async function openSlot<Client>(clone: Clone, open: Open<Client>): Promise<Slot<Client>> {
	clone.logins++;
	return { clone, connection: await open(clone) };
}

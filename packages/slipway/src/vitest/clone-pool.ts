import type { Sql } from 'postgres';
import { type Connection, maintenanceDatabase, openClient } from '../connection/index.ts';
import { Restorer, tablesWorthRestoring } from '../database/restore/index.ts';
import { cloneTemplate, dropDatabase } from '../database/template/index.ts';

interface ClonePoolOptions {
	/** A superuser's client of the maintenance database. */
	readonly superuser: Sql;
	/** A superuser's login. */
	readonly admin: Connection;
	/** A sealed database. */
	readonly template: string;
	/** How many used clones may wait to be dropped. */
	readonly maxUsed: () => number;
}

/** Restoring takes a clone to compare with, which is worth its time only where tests use more than these. */
const firstClones = 6;

/** Where tests change too much of a small schema, looking for what they change is wasted. */
const maxSkips = 100;

/**
 * This many restored clones may wait for a test even if they are large: creating and dropping them takes long. So many
 * are in use while a test file runs: that of the test, of the one before, and those made ready for the next.
 */
const minRestored = 6;

/** Clones of a template. Used ones are restored where that is possible and faster than creating new ones. */
export class ClonePool implements AsyncDisposable {
	readonly #options: ClonePoolOptions;
	readonly #restorer: Restorer;
	/** Of its own, so that the checks of tests do not wait for it. */
	readonly #restorerClient: Sql;
	/** Used clones that are or will be like new ones. Undefined where that turned out to be impossible. */
	readonly #restored: Promise<string | undefined>[] = [];
	/** Clones to drop. Dropping one costs a checkpoint; stopping the server costs nothing. */
	readonly #used: string[] = [];
	#count = 0;
	/** How many clones in a row could not be restored. */
	#failures = 0;
	/** How many clones not to try. */
	#skips = 0;

	constructor(options: ClonePoolOptions) {
		this.#options = options;
		const { admin } = options;
		this.#restorerClient = openClient(
			{ ...admin, database: maintenanceDatabase },
			{ applicationName: 'slipway restore' },
		);
		this.#restorer = new Restorer({
			superuser: this.#restorerClient,
			admin,
			createClone: () => this.#create(),
			maxTables: tablesWorthRestoring,
		});
	}

	/** The name of a clone that is like the template. No other clone has had it. */
	async acquire(): Promise<string> {
		for (let next = this.#restored.shift(); next !== undefined; next = this.#restored.shift()) {
			const clone = await next;
			if (clone !== undefined) return clone;
		}
		const clone = await this.#create();
		await this.#restorer.track(clone);
		return clone;
	}

	/** Restores it in the background, unless a test may still use it. */
	async release(clone: string, { isUnused }: { readonly isUnused: boolean }): Promise<void> {
		if (!isUnused || !this.#isWorthTrying()) return await this.#dropLater(clone);
		this.#restored.push(this.#restore(clone).catch(() => undefined));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#restorerClient.end({ timeout: 0 });
		await this.#restorer[Symbol.asyncDispose]();
	}

	async #create(): Promise<string> {
		const { superuser, template } = this.#options;
		const name = this.#newName();
		await cloneTemplate(superuser, template, name);
		return name;
	}

	#isWorthTrying(): boolean {
		const maxRestored = Math.max(minRestored, this.#options.maxUsed());
		if (this.#count <= firstClones || this.#restored.length >= maxRestored) return false;
		if (this.#skips === 0) return true;
		this.#skips--;
		return false;
	}

	async #restore(clone: string): Promise<string | undefined> {
		const { name, restored } = await this.#restorer.restore(clone, this.#newName());
		this.#failures = restored ? 0 : this.#failures + 1;
		this.#skips = Math.min(this.#failures ** 2, maxSkips);
		if (!restored) await this.#dropLater(name);
		return restored ? name : undefined;
	}

	async #dropLater(clone: string): Promise<void> {
		this.#used.push(clone);
		const oldest = this.#used.length > this.#options.maxUsed() ? this.#used.shift() : undefined;
		if (oldest !== undefined) await dropDatabase(this.#options.superuser, oldest);
	}

	#newName(): string {
		return `${this.#options.template}_${++this.#count}`;
	}
}

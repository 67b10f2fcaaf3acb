import type { Connection } from 'slipway';

/** Logins that a statement may take while the password is being changed. */
export const maxLogins = 5;

/** The password of the next login. It may be changed at any time: then one of the candidates is right. */
export class Passwords {
	readonly #connection: Connection;
	readonly #refused = new Set<string>();
	#last = '';

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	/** Whether the password is in a file, which is read for every login. */
	get mayChange(): boolean {
		return this.#read().length > 0;
	}

	choose(): string {
		const candidates = this.#read();
		if (candidates.every((each) => this.#refused.has(each))) this.#refused.clear();
		this.#last = candidates.find((each) => !this.#refused.has(each)) ?? this.#connection.password;
		return this.#last;
	}

	/** The server has refused the last one. */
	refuse(): void {
		this.#refused.add(this.#last);
	}

	#read(): readonly string[] {
		return this.#connection.readPasswords?.() ?? [];
	}
}

/** One thing that is done to a server. */
export interface Change {
	/** Begins with a past participle: `created role "app_user"`. */
	readonly summary: string;
	/** May be shown: the verifier of a password is left out. */
	readonly sql: string;
}

/** What an admin that is no superuser needs for a step. */
export type Right = 'CREATEROLE' | 'CREATEDB' | { readonly adminOf: string };

/** A change that is still to be made. */
export interface Step extends Change {
	/** The owner grants what is its own, so that each grant has the same grantor whoever the admin is. */
	readonly actor: 'admin' | 'owner';
	readonly needs: readonly Right[];
	/** Sent in place of `sql` where that leaves something out. */
	readonly secretSql?: string;
}

export function stepOfAdmin(summary: string, sql: string, needs: readonly Right[]): Step {
	return { summary, sql, actor: 'admin', needs };
}

export function stepOfOwner(summary: string, sql: string): Step {
	return { summary, sql, actor: 'owner', needs: [] };
}

/** A name in a message: in quotes, and on one line whatever is in it. */
export function show(name: string): string {
	return JSON.stringify(name);
}

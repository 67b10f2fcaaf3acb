/** One change to a server. */
export interface Change {
	/** Begins with a past participle: `created role "app_user"`. */
	readonly summary: string;
	/** Safe to show: password verifiers are redacted. */
	readonly sql: string;
	/** Whether something is redacted, so that `sql` is not to be run. */
	readonly redacted?: true;
}

/** A privilege that an admin who is not a superuser needs for a step. */
export type Right = 'CREATEROLE' | 'CREATEDB' | { readonly adminOf: string };

/** A planned change. */
export interface Step extends Change {
	/** The owner grants privileges on its own objects, so that the grantor does not depend on which role is the admin. */
	readonly actor: 'admin' | 'owner';
	readonly needs: readonly Right[];
	/** Sent instead of `sql` if that is redacted. */
	readonly secretSql?: string;
}

/** The removal of something that bootstrap would not have made. */
export interface Excess extends Step {
	/** The grants that this removes, as statements; none for attributes of a role. */
	readonly grants: readonly string[];
}

export function stepOfAdmin(summary: string, sql: string, needs: readonly Right[]): Step {
	return { summary, sql, actor: 'admin', needs };
}

export function stepOfOwner(summary: string, sql: string): Step {
	return { summary, sql, actor: 'owner', needs: [] };
}

/** A name for a message: quoted, and on one line whatever it contains. */
export function show(name: string): string {
	return JSON.stringify(name);
}

import { quoteIdentifier } from '../../sql.ts';
import { type Step, show, stepOfAdmin, stepOfOwner } from './change.ts';

/** What the owner makes and the app has rights on. */
export const kinds = ['SCHEMAS', 'TABLES', 'SEQUENCES', 'FUNCTIONS'] as const;
export type Kind = (typeof kinds)[number];

/** What the app and the migrator may do with the database; the admin, where it is no superuser, too. */
export const databaseRights = ['CONNECT'];

/** What the app may do with all that is the owner's. */
export const appRights: Record<Kind, readonly string[]> = {
	SCHEMAS: ['USAGE'],
	TABLES: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
	SEQUENCES: ['USAGE', 'SELECT'],
	FUNCTIONS: ['EXECUTE'],
};

/** What the app may do with the ledger of the migrations instead: nothing but read it. */
export const ledgerRights: Record<Kind, readonly string[]> = {
	SCHEMAS: ['USAGE'],
	TABLES: ['SELECT'],
	SEQUENCES: [],
	FUNCTIONS: [],
};

/** What PUBLIC may call at first. lo_import is not among them: it reads files of the server, and only a superuser may call it. */
export const creatorsOfLargeObjects = [
	'pg_catalog.lo_creat(integer)',
	'pg_catalog.lo_create(oid)',
	'pg_catalog.lo_from_bytea(oid,bytea)',
];

/** What the owner, and so the migrator, may do with these. */
export const creatorRights = ['EXECUTE'];

/** `null` stands for PUBLIC; a role may have that name. */
export type Grantee = string | null;

/** A privilege that the owner of an object gave to somebody. */
export interface Grant {
	readonly grantee: Grantee;
	readonly privilege: string;
	/** Given with the right to pass it on. */
	readonly grantable: boolean;
}

/** What privileges are on, and who has which now. */
export interface Securable {
	/** For messages, such as `schema "public"`. */
	readonly label: string;
	/** In SQL, such as `SCHEMA "public"`. */
	readonly target: string;
	/** Stands before GRANT or REVOKE, where privileges on future objects are meant. */
	readonly prefix?: string;
	/** Who grants; the owner by default. */
	readonly actor?: Step['actor'];
	readonly grants: readonly Grant[];
}

/** Makes the privileges of `grantee` these and no others, none of them with the right to pass it on. */
export function setGrants(securable: Securable, grantee: Grantee, wanted: readonly string[]): Step[] {
	const held = securable.grants.filter((grant) => grant.grantee === grantee);
	const excess = held.filter(({ privilege, grantable }) => grantable || !wanted.includes(privilege));
	const kept = held.filter((grant) => !excess.includes(grant));
	return [
		...revoke(securable, grantee, names(excess)),
		...grant(securable, grantee, without(wanted, names(kept))),
	];
}

/** Gives `grantee` those privileges that it does not have, and leaves the others alone. */
export function addGrants(securable: Securable, grantee: Grantee, wanted: readonly string[]): Step[] {
	const held = securable.grants.filter((grant) => grant.grantee === grantee);
	return grant(securable, grantee, without(wanted, names(held)));
}

function grant(securable: Securable, to: Grantee, privileges: readonly string[]): Step[] {
	if (privileges.length === 0) return [];
	const { label, target, prefix = '' } = securable;
	const list = privileges.join(', ');
	return [
		stepFor(
			securable,
			`granted ${list} on ${label} to ${name(to)}`,
			`${prefix}GRANT ${list} ON ${target} TO ${role(to)}`,
		),
	];
}

/** CASCADE: what was passed on goes too; without it PostgreSQL would refuse. */
function revoke(securable: Securable, from: Grantee, privileges: readonly string[]): Step[] {
	if (privileges.length === 0) return [];
	const { label, target, prefix = '' } = securable;
	const list = privileges.join(', ');
	return [
		stepFor(
			securable,
			`revoked ${list} on ${label} from ${name(from)}`,
			`${prefix}REVOKE ${list} ON ${target} FROM ${role(from)} CASCADE`,
		),
	];
}

function stepFor({ actor }: Securable, summary: string, sql: string): Step {
	return actor === 'admin' ? stepOfAdmin(summary, sql, []) : stepOfOwner(summary, sql);
}

function names(grants: readonly Grant[]): string[] {
	return grants.map(({ privilege }) => privilege);
}

function without(privileges: readonly string[], others: readonly string[]): string[] {
	return privileges.filter((privilege) => !others.includes(privilege));
}

function name(grantee: Grantee): string {
	return grantee === null ? 'PUBLIC' : show(grantee);
}

function role(grantee: Grantee): string {
	return grantee === null ? 'PUBLIC' : quoteIdentifier(grantee);
}

import { quoteIdentifier } from '../../sql.ts';
import { type Excess, type Step, show, stepOfAdmin, stepOfOwner } from './change.ts';

/** The kinds of objects that the owner creates and the app has privileges on. */
export const kinds = ['SCHEMAS', 'TABLES', 'SEQUENCES', 'FUNCTIONS'] as const;
export type Kind = (typeof kinds)[number];

/** The kinds of objects that default privileges are for. */
export const defaultKinds = [...kinds, 'TYPES'] as const;
export type DefaultKind = (typeof defaultKinds)[number];

/** What the app and the migrator may do with the database, and the admin, unless it is a superuser. */
export const databaseRights = ['CONNECT'];
/** What the app gets besides if it may create temporary tables. */
export const temporaryRights = ['TEMPORARY'];

/** The app's privileges on the owner's objects. */
export const appPrivileges: Record<Kind, readonly string[]> = {
	SCHEMAS: ['USAGE'],
	TABLES: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
	SEQUENCES: ['USAGE', 'SELECT'],
	FUNCTIONS: ['EXECUTE'],
};

/** What anyone may do with types: PostgreSQL's default. Bootstrap revokes everything else from PUBLIC. */
export const typeRights = ['USAGE'];

/** The app's privileges on the migration ledger instead: it may only read it. */
export const ledgerPrivileges: Record<Kind, readonly string[]> = {
	SCHEMAS: ['USAGE'],
	TABLES: ['SELECT'],
	SEQUENCES: [],
	FUNCTIONS: [],
};

/**
 * The ones that PUBLIC may call by default. lo_import, which reads the server's files, is for superusers
 * only.
 */
export const creatorsOfLargeObjects = [
	'pg_catalog.lo_creat(integer)',
	'pg_catalog.lo_create(oid)',
	'pg_catalog.lo_from_bytea(oid,bytea)',
];

/** What the owner, and so the migrator, may do with these. */
export const creatorRights = ['EXECUTE'];

/** `null` stands for PUBLIC, because a role may be called "PUBLIC". */
export type Grantee = string | null;

/** A privilege that an object's owner granted. */
export interface Grant {
	readonly grantee: Grantee;
	readonly privilege: string;
	/** WITH GRANT OPTION. */
	readonly grantable: boolean;
}

/** Something that privileges apply to, and its current grants. */
export interface Securable {
	/** For messages, such as `schema "public"`. */
	readonly label: string;
	/** As in SQL, such as `SCHEMA "public"`. */
	readonly target: string;
	/** Comes before GRANT or REVOKE, for privileges on future objects. */
	readonly prefix?: string;
	/** As in SQL, if this is a column of `target`. */
	readonly column?: string;
	/** Who grants. Default: the owner. */
	readonly actor?: Step['actor'];
	/** Has all privileges without a grant. It is the app, too, where there is only one role. */
	readonly owner?: string;
	readonly grants: readonly Grant[];
}

/** Gives `grantee` exactly these privileges, none of them WITH GRANT OPTION. */
export function setGrants(securable: Securable, grantee: Grantee, wanted: readonly string[]): Step[] {
	if (grantee !== null && grantee === securable.owner) return [];
	const held = securable.grants.filter((grant) => grant.grantee === grantee);
	const excess = held.filter(({ privilege, grantable }) => grantable || !wanted.includes(privilege));
	const kept = held.filter((grant) => !excess.includes(grant));
	return [
		...revoke(securable, grantee, names(excess)),
		...grant(securable, grantee, without(wanted, names(kept))),
	];
}

/** Gives `grantee` the privileges that it lacks, and leaves its others alone. */
export function addGrants(securable: Securable, grantee: Grantee, wanted: readonly string[]): Step[] {
	if (grantee !== null && grantee === securable.owner) return [];
	const held = securable.grants.filter((grant) => grant.grantee === grantee);
	return grant(securable, grantee, without(wanted, names(held)));
}

/** Takes from `grantee` the privileges that are not `allowed`, and WITH GRANT OPTION from those that are. */
export function revokeExcess(securable: Securable, grantee: Grantee, allowed: readonly string[]): Excess[] {
	const held = securable.grants.filter((grant) => grant.grantee === grantee);
	const excess = held.filter(({ privilege }) => !allowed.includes(privilege));
	const passedOn = held.filter((grant) => grant.grantable && !excess.includes(grant));
	const withGrants = (grants: readonly Grant[]) => (step: Step) => ({
		...step,
		grants: grants.map((grant) => grantOf(securable, grant)),
	});
	return [
		...revoke(securable, grantee, names(excess)).map(withGrants(excess)),
		...revoke(securable, grantee, names(passedOn), 'GRANT OPTION FOR ').map(withGrants(passedOn)),
	];
}

/** The statement that makes one grant again. */
export function grantOf(
	{ target, column, prefix = '' }: Securable,
	{ grantee, privilege, grantable }: Grant,
): string {
	const option = grantable ? ' WITH GRANT OPTION' : '';
	return `${prefix}GRANT ${listOf([privilege], column)} ON ${target} TO ${role(grantee)}${option}`;
}

function listOf(privileges: readonly string[], column: string | undefined): string {
	return privileges.map((each) => (column === undefined ? each : `${each} (${column})`)).join(', ');
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

/** CASCADE, because PostgreSQL would otherwise refuse if the grantee had granted the privilege to others. */
function revoke(
	securable: Securable,
	from: Grantee,
	privileges: readonly string[],
	option: '' | 'GRANT OPTION FOR ' = '',
): Step[] {
	if (privileges.length === 0) return [];
	const { label, target, column, prefix = '' } = securable;
	return [
		stepFor(
			securable,
			`revoked ${option.toLowerCase()}${privileges.join(', ')} on ${label} from ${name(from)}`,
			`${prefix}REVOKE ${option}${listOf(privileges, column)} ON ${target} FROM ${role(from)} CASCADE`,
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

import { majorOf, since } from '../../postgres-versions.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { show } from './change.ts';
import { sessionRoles } from './plan-session-roles.ts';
import type { Membership, RoleState, ServerState } from './server-state.ts';

export type Part = 'owner' | 'migrator' | 'app' | 'only role';

/** A privilege that a role has and must not have. */
export interface Excess {
	/** Completes "the role …". */
	readonly what: string;
	/** The statement that removes it; undefined if nothing can. */
	readonly fix?: string;
}

const attributes = [
	['superuser', 'is a superuser', 'NOSUPERUSER'],
	['createsRoles', 'may create roles', 'NOCREATEROLE'],
	['createsDatabases', 'may create databases', 'NOCREATEDB'],
	['replicates', 'may replicate', 'NOREPLICATION'],
	['bypassesRowSecurity', 'bypasses row security', 'NOBYPASSRLS'],
] as const;

export function findExcesses(
	role: RoleState,
	part: Part,
	server: ServerState,
	settings: DatabaseSettings,
): Excess[] {
	if (role.initial) return [{ what: 'is the superuser that the server was created with' }];
	return [
		...attributeExcesses(role, part),
		...role.memberships.flatMap((membership) => membershipExcess(role, membership, part, server, settings)),
		...(part === 'owner' || part === 'only role' ? [] : ownershipExcess(role, server, settings)),
	];
}

function attributeExcesses(role: RoleState, part: Part): Excess[] {
	const found = attributes.filter(([attribute]) => role[attribute]);
	const login = part === 'owner' && role.logsIn ? ([['logsIn', 'may log in', 'NOLOGIN']] as const) : [];
	return [...found, ...login].map(([, what, option]) => ({
		what,
		fix: `ALTER ROLE ${quoteIdentifier(role.name)} ${option};`,
	}));
}

/** The migrator is a member of the owner, the owner perhaps of the session roles, and none of any other role. */
function membershipExcess(
	{ name }: RoleState,
	{ of, grantor, passesOn }: Membership,
	part: Part,
	{ version }: ServerState,
	{ owner }: DatabaseSettings,
): Excess[] {
	const expected = part === 'migrator' ? of === owner : part === 'owner' && sessionRoles.includes(of);
	if (expected && !passesOn) return [];
	const grantedBy =
		majorOf(version) < since.membershipOptions ? '' : ` GRANTED BY ${quoteIdentifier(grantor)}`;
	const revoked = `${quoteIdentifier(of)} FROM ${quoteIdentifier(name)}${grantedBy};`;
	return expected
		? [{ what: `may make others members of ${show(of)}`, fix: `REVOKE ADMIN OPTION FOR ${revoked}` }]
		: [{ what: `is a member of ${show(of)}`, fix: `REVOKE ${revoked}` }];
}

/** The owner of a table may drop it. */
function ownershipExcess(
	{ name, objects }: RoleState,
	{ roles }: ServerState,
	settings: DatabaseSettings,
): Excess[] {
	if (objects === 0) return [];
	const owner = quoteIdentifier(settings.owner);
	const create = roles.some((role) => role.name === settings.owner) ? '' : `CREATE ROLE ${owner} NOLOGIN; `;
	return [
		{
			what: `owns ${objects} object${objects === 1 ? '' : 's'} in the database ${show(settings.name)}`,
			fix: `${create}REASSIGN OWNED BY ${quoteIdentifier(name)} TO ${owner}; -- in the database ${show(settings.name)}`,
		},
	];
}

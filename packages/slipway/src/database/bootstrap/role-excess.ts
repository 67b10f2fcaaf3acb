import { majorOf, since } from '../../postgres-versions.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { type Step, show, stepOfAdmin } from './change.ts';
import { sessionRoles } from './plan-session-roles.ts';
import type { Membership, RoleState, ServerState } from './server-state.ts';

export type Part = 'owner' | 'migrator' | 'app' | 'only role';

/** A privilege that a role has and must not have. */
export interface RoleExcess {
	/** Completes "the role …". */
	readonly what: string;
	/** The statement that removes it; undefined if nothing can. */
	readonly fix?: string;
	/** The same as a step of `--revoke`; undefined if that leaves it to a person. */
	readonly step?: Step;
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
): RoleExcess[] {
	if (role.initial) return [{ what: 'is the superuser that the server was created with' }];
	return [
		...attributeExcesses(role, part),
		...role.memberships.flatMap((membership) => membershipExcess(role, membership, part, server, settings)),
		...(part === 'owner' || part === 'only role' ? [] : ownershipExcess(role, server, settings)),
	];
}

function attributeExcesses({ name, ...role }: RoleState, part: Part): RoleExcess[] {
	const found = attributes.filter(([attribute]) => role[attribute]);
	const login = part === 'owner' && role.logsIn ? ([['logsIn', 'may log in', 'NOLOGIN']] as const) : [];
	return [...found, ...login].map(([, what, option]) => {
		const summary = `removed ${option.slice(2)} from role ${show(name)}`;
		return removable(what, name, summary, `ALTER ROLE ${quoteIdentifier(name)} ${option}`);
	});
}

/** The migrator is a member of the owner, the owner perhaps of the session roles, and none of any other role. */
function membershipExcess(
	{ name }: RoleState,
	{ of, grantor, passesOn }: Membership,
	part: Part,
	{ version }: ServerState,
	{ owner }: DatabaseSettings,
): RoleExcess[] {
	const expected = part === 'migrator' ? of === owner : part === 'owner' && sessionRoles.includes(of);
	if (expected && !passesOn) return [];
	const revoked = `${quoteIdentifier(of)} FROM ${quoteIdentifier(name)}${grantedBy(version, grantor)}`;
	if (!expected)
		return [
			removable(
				`is a member of ${show(of)}`,
				of,
				`removed role ${show(name)} from ${show(of)}`,
				`REVOKE ${revoked}`,
			),
		];
	const summary = `removed the admin option of role ${show(name)} for ${show(of)}`;
	return [
		removable(
			`may make others members of ${show(of)}`,
			of,
			summary,
			`REVOKE ADMIN OPTION FOR ${revoked} CASCADE`,
		),
	];
}

/** A role of the admin can have only what the admin may give and take: `adminOf` is the role that it concerns. */
function removable(what: string, adminOf: string, summary: string, sql: string): RoleExcess {
	return { what, fix: `${sql};`, step: stepOfAdmin(summary, sql, ['CREATEROLE', { adminOf }]) };
}

export function grantedBy(version: number, grantor: string): string {
	return majorOf(version) < since.membershipOptions ? '' : ` GRANTED BY ${quoteIdentifier(grantor)}`;
}

/** The owner of a table may drop it. */
function ownershipExcess(
	{ name, objects }: RoleState,
	{ roles }: ServerState,
	settings: DatabaseSettings,
): RoleExcess[] {
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

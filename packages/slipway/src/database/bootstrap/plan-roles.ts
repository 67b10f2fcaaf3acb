import type { Credentials } from '../../connection/index.ts';
import { majorOf, since } from '../../postgres-versions.ts';
import { type DatabaseSettings, hasOneRole } from '../../settings/index.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql.ts';
import { type Step, show, stepOfAdmin } from './change.ts';
import { grantedBy } from './role-excess.ts';
import { scramVerifier } from './scram.ts';
import type { RoleState, ServerState } from './server-state.ts';

/** The roles, who may act as the owner, and the passwords of the roles whose login failed. */
export function planRoles(
	server: ServerState,
	settings: DatabaseSettings,
	wrongPasswords: ReadonlySet<string>,
): Step[] {
	const { owner, app } = settings;
	const admin = planMembership(server, owner, server.admin.name, adminMayBecome(server, owner));
	if (hasOneRole(settings)) return [...planLogin(server, app, wrongPasswords, 'LOGIN'), ...admin];
	const migrator = settings.migrator.username;
	return [
		...planOwner(server, owner),
		...planLogin(server, settings.migrator, wrongPasswords, 'LOGIN NOINHERIT'),
		...planLogin(server, app, wrongPasswords, 'LOGIN'),
		...planMembership(server, owner, migrator, mayBecome(server, migrator, owner)),
		...planNoInherit(server, migrator, owner),
		...admin,
	];
}

function planOwner(server: ServerState, owner: string): Step[] {
	if (findRole(server, owner) !== undefined) return [];
	const sql = `CREATE ROLE ${quoteIdentifier(owner)} NOLOGIN`;
	return [stepOfAdmin(`created role ${show(owner)}`, sql, ['CREATEROLE'])];
}

function planLogin(
	server: ServerState,
	{ username, password }: Credentials,
	wrongPasswords: ReadonlySet<string>,
	attributes: string,
): Step[] {
	const role = findRole(server, username);
	if (role === undefined)
		return [
			withVerifier(
				password,
				stepOfAdmin(
					`created role ${show(username)}`,
					`CREATE ROLE ${quoteIdentifier(username)} ${attributes} PASSWORD ${redacted}`,
					['CREATEROLE'],
				),
			),
		];
	const steps = fixLogin(role);
	if (!wrongPasswords.has(username)) return steps;
	const step = alter(username, `set the password of role ${show(username)}`, `PASSWORD ${redacted}`);
	return [...steps, withVerifier(password, step)];
}

function fixLogin({ name, logsIn, expired, connectionLimit }: RoleState): Step[] {
	const steps: Step[] = [];
	if (!logsIn) steps.push(alter(name, `let role ${show(name)} log in`, 'LOGIN'));
	if (expired) steps.push(alter(name, `removed the expiry of role ${show(name)}`, "VALID UNTIL 'infinity'"));
	if (connectionLimit === 0)
		steps.push(alter(name, `removed the connection limit of role ${show(name)}`, 'CONNECTION LIMIT -1'));
	return steps;
}

function alter(role: string, summary: string, attribute: string): Step {
	const sql = `ALTER ROLE ${quoteIdentifier(role)} ${attribute}`;
	return stepOfAdmin(summary, sql, ['CREATEROLE', { adminOf: role }]);
}

const redacted = "'<SCRAM-SHA-256 verifier>'";

function withVerifier(password: string, step: Step): Step {
	const verifier = quoteLiteral(scramVerifier(password));
	return { ...step, redacted: true, secretSql: step.sql.replace(redacted, () => verifier) };
}

/** SET without INHERIT: a login gets the owner's privileges only through SET ROLE. */
function planMembership(server: ServerState, owner: string, member: string, present: boolean): Step[] {
	if (present) return [];
	const options = majorOf(server.version) < since.membershipOptions ? '' : ' WITH INHERIT FALSE, SET TRUE';
	return [
		stepOfAdmin(
			`let role ${show(member)} act as ${show(owner)}`,
			`GRANT ${quoteIdentifier(owner)} TO ${quoteIdentifier(member)}${options}`,
			['CREATEROLE', { adminOf: owner }],
		),
	];
}

/** An admin may have granted the membership with INHERIT, or set it on the role: the default for further grants. */
function planNoInherit(server: ServerState, migrator: string, owner: string): Step[] {
	const role = findRole(server, migrator);
	if (role === undefined) return [];
	const attribute = role.inherits
		? [alter(migrator, `removed INHERIT from role ${show(migrator)}`, 'NOINHERIT')]
		: [];
	const inheriting = role.memberships.filter(({ of, inherits }) => of === owner && inherits);
	const options = inheriting.map(({ grantor }) =>
		stepOfAdmin(
			`let role ${show(migrator)} act as ${show(owner)} only through SET ROLE`,
			`GRANT ${quoteIdentifier(owner)} TO ${quoteIdentifier(migrator)} WITH INHERIT FALSE, SET TRUE${grantedBy(server.version, grantor)}`,
			['CREATEROLE', { adminOf: owner }],
		),
	);
	return [...attribute, ...options];
}

function mayBecome(server: ServerState, member: string, owner: string): boolean {
	const memberships = findRole(server, member)?.memberships ?? [];
	return memberships.some(({ of, becomes }) => of === owner && becomes);
}

function adminMayBecome(server: ServerState, owner: string): boolean {
	return server.admin.superuser || (findRole(server, owner)?.adminMayBecome ?? false);
}

function findRole(server: ServerState, name: string): RoleState | undefined {
	return server.roles.find((role) => role.name === name);
}

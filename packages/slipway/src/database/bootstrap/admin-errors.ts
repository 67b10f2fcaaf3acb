import { SlipwayError } from '../../errors.ts';
import { majorOf, oldestMajor, since } from '../../postgres-versions.ts';
import { quoteIdentifier } from '../../sql.ts';
import { type Right, type Step, show } from './change.ts';
import type { ServerState } from './server-state.ts';

export function serverErrors({ version }: ServerState): SlipwayError[] {
	const major = majorOf(version);
	if (major >= oldestMajor) return [];
	return [
		new SlipwayError(
			'server-too-old',
			`the server runs PostgreSQL ${major}; Slipway needs ${oldestMajor} or later`,
			`Upgrade the server, or set DB_HOST and DB_PORT (or DATABASE_URL) to one that runs PostgreSQL ${oldestMajor} or later.`,
		),
	];
}

/** The privileges that the admin lacks for `steps`, found before the first step runs. */
export function adminErrors(server: ServerState, steps: readonly Step[]): SlipwayError[] {
	const { name } = server.admin;
	const lacking = steps.flatMap(({ needs }) => needs).filter((right) => !hasRight(server, right));
	const unique = [...new Map(lacking.map((right) => [fix(name, right), right])).entries()];
	if (unique.length === 0) return [];
	return [
		new SlipwayError(
			'admin-lacks-rights',
			`the admin ${show(name)} ${unique.map(([, right]) => describe(right)).join(', ')}`,
			`Set DB_ADMIN_USERNAME to another admin, or have a superuser run:\n${unique.map(([statement]) => `  ${statement}`).join('\n')}`,
		),
	];
}

/** Up to version 15, CREATEROLE is enough to alter every role that is not a superuser. */
function hasRight({ admin, roles, version }: ServerState, right: Right): boolean {
	if (admin.superuser) return true;
	if (right === 'CREATEROLE') return admin.createsRoles;
	if (right === 'CREATEDB') return admin.createsDatabases;
	if (majorOf(version) < since.membershipOptions) return true;
	const role = roles.find((each) => each.name === right.adminOf);
	if (role !== undefined) return role.adminMayAlter;
	const memberships = roles.flatMap((each) => each.memberships);
	return memberships.find(({ of }) => of === right.adminOf)?.adminMayPassOn ?? true;
}

function describe(right: Right): string {
	if (right === 'CREATEROLE') return 'may not create roles';
	if (right === 'CREATEDB') return 'may not create databases';
	return `may not alter the role ${show(right.adminOf)}`;
}

function fix(admin: string, right: Right): string {
	const role = quoteIdentifier(admin);
	if (typeof right === 'string') return `ALTER ROLE ${role} ${right};`;
	return `GRANT ${quoteIdentifier(right.adminOf)} TO ${role} WITH ADMIN OPTION;`;
}

import { SlipwayError } from '../../errors.ts';
import { majorOf, oldestMajor, since } from '../../postgres-versions.ts';
import { quoteIdentifier } from '../../sql.ts';
import { type Right, type Step, show } from './change.ts';
import type { ServerState } from './server-state.ts';

export function serverFaults({ version }: ServerState): SlipwayError[] {
	const major = majorOf(version);
	if (major >= oldestMajor) return [];
	return [
		new SlipwayError(
			'server-too-old',
			`the server runs PostgreSQL ${major}; the oldest that this works with is ${oldestMajor}`,
			`Upgrade the server, or name one of PostgreSQL ${oldestMajor} or newer in DB_HOST and DB_PORT (or DATABASE_URL).`,
		),
	];
}

/** What the admin lacks for these steps, before the first of them is taken. */
export function adminFaults(server: ServerState, steps: readonly Step[]): SlipwayError[] {
	const { name } = server.admin;
	const lacking = steps.flatMap(({ needs }) => needs).filter((right) => !hasRight(server, right));
	const unique = [...new Map(lacking.map((right) => [mend(name, right), right])).entries()];
	if (unique.length === 0) return [];
	return [
		new SlipwayError(
			'admin-lacks-rights',
			`the admin ${show(name)} ${unique.map(([, right]) => describe(right)).join(', ')}`,
			`Name another admin in DB_ADMIN_USERNAME, or let a superuser run:\n${unique.map(([statement]) => `  ${statement}`).join('\n')}`,
		),
	];
}

/** Up to version 15, CREATEROLE is enough for every role that is no superuser. */
function hasRight({ admin, roles, version }: ServerState, right: Right): boolean {
	if (admin.superuser) return true;
	if (right === 'CREATEROLE') return admin.createsRoles;
	if (right === 'CREATEDB') return admin.createsDatabases;
	const role = roles.find((each) => each.name === right.adminOf);
	return majorOf(version) < since.membershipOptions || role === undefined || role.adminMayAlter;
}

function describe(right: Right): string {
	if (right === 'CREATEROLE') return 'may not create roles';
	if (right === 'CREATEDB') return 'may not create databases';
	return `may not alter the role ${show(right.adminOf)}`;
}

function mend(admin: string, right: Right): string {
	const role = quoteIdentifier(admin);
	if (typeof right === 'string') return `ALTER ROLE ${role} ${right};`;
	return `GRANT ${quoteIdentifier(right.adminOf)} TO ${role} WITH ADMIN OPTION;`;
}

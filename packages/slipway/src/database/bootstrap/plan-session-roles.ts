import { majorOf, since } from '../../postgres-versions.ts';
import { type DatabaseSettings, hasOneRole } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { type Step, show, stepOfAdmin } from './change.ts';
import type { ServerState } from './server-state.ts';

/** PostgreSQL's own roles whose members see what other sessions do, and may end them. */
export const sessionRoles: readonly string[] = ['pg_read_all_stats', 'pg_signal_backend'];

/**
 * Lets the migrator see and end its own sessions. They belong to the migrator but act as the owner, and PostgreSQL
 * asks for the privileges of the one as the other. Making the owner a member of the migrator, which would be exactly
 * that, is refused as a circle. These roles cover every session of the server but those of superusers, so they are
 * for a server that has no others.
 */
export function planSessionRoles(server: ServerState, settings: DatabaseSettings): Step[] {
	if (!server.admin.superuser || hasOneRole(settings)) return [];
	const { owner } = settings;
	const memberships = server.roles.find(({ name }) => name === owner)?.memberships ?? [];
	const missing = sessionRoles.filter((role) => !memberships.some(({ of }) => of === role));
	if (missing.length === 0) return [];
	const inherit = majorOf(server.version) < since.membershipOptions ? '' : ' WITH INHERIT TRUE';
	return [
		stepOfAdmin(
			`let role ${show(owner)} see and end sessions`,
			`GRANT ${missing.join(', ')} TO ${quoteIdentifier(owner)}${inherit}`,
			[],
		),
	];
}

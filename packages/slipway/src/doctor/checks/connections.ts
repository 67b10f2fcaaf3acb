import type { DoctorContext } from '../context.ts';
import { type Finding, ok, warning } from '../finding.ts';
import { doctorName, lookAtServers } from '../servers.ts';

/** A pool for each reload of a service adds up until the server refuses new connections. */
export async function checkConnections({ servers }: DoctorContext): Promise<Finding[]> {
	return await lookAtServers(servers, 'admin', async (sql, { name, admin }) => {
		const [{ used, allowed, most } = { used: 0, allowed: 0, most: null }] = await sql<Usage[]>`
			SELECT sum(connections)::int AS used,
				current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS allowed,
				(array_agg(owner || ' has ' || connections ORDER BY connections DESC))[1] AS most
			FROM (
				SELECT coalesce(nullif(application_name, ''), usename) AS owner, count(*) AS connections
				FROM pg_stat_activity
				WHERE backend_type = 'client backend' AND application_name <> ${doctorName}
				GROUP BY 1
			) AS owners`;
		const message = `${used ?? 0} of ${allowed} connections to ${name(admin)} are in use`;
		if ((used ?? 0) < 0.8 * allowed) return [ok(message)];
		return [
			warning(
				`${message}; ${most}`,
				'Give the service one small pool and close it when the code is reloaded, or raise max_connections.',
			),
		];
	});
}

interface Usage {
	readonly used: number | null;
	readonly allowed: number;
	readonly most: string | null;
}

import { quoteForShell } from '../../connection/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, ok, warning } from '../finding.ts';
import { lookAtServers } from '../servers.ts';

/**
 * After an update of glibc or ICU, as with another image, text may sort in another order than the one in which indexes
 * were built. Then queries miss rows, and unique indexes accept duplicates.
 */
export async function checkCollations({ servers }: DoctorContext): Promise<Finding[]> {
	return await lookAtServers(servers, 'admin', async (sql, { name, admin, psql }) => {
		const outdated = await sql<{ datname: string; recorded: string; actual: string }[]>`
			SELECT datname, datcollversion AS recorded, pg_database_collation_actual_version(oid) AS actual
			FROM pg_database
			WHERE datcollversion <> pg_database_collation_actual_version(oid)
			ORDER BY datname`;
		if (outdated.length === 0) return [ok(`the indexes on ${name(admin)} were built with its collations`)];
		return outdated.map(({ datname, recorded, actual }) =>
			warning(
				`the indexes of the database "${datname}" on ${name(admin)} were built with version ${recorded} of its collation, and the server has version ${actual}: they may miss rows and accept duplicates`,
				`Rebuild them: in the database ${datname}, run REINDEX DATABASE ${quoteIdentifier(datname)}\nThen record the version: ${psql} ${quoteForShell(refresh(datname))}`,
			),
		);
	});
}

const refresh = (database: string) => `ALTER DATABASE ${quoteIdentifier(database)} REFRESH COLLATION VERSION`;

import { withClient } from '../../connection/index.ts';
import { bootstrapDatabase } from '../../database/bootstrap/index.ts';
import { SlipwayError } from '../../errors.ts';
import { adminConnection, type Settings } from '../../settings/index.ts';
import { type Finding, fromFault, ok, warning } from '../finding.ts';
import { type Server, serversOf } from '../servers.ts';
import type { Site } from '../site.ts';

/** Compares roles, database, settings and grants with what bootstrap would make of them. */
export async function checkBootstrap(site: Site): Promise<Finding[]> {
	const { settings } = site;
	if (settings instanceof SlipwayError) return [];
	const findings = await Promise.all(serversOf(site, settings).map((server) => compare(server, settings)));
	return findings.flat();
}

async function compare({ name, endpoint, dedicated }: Server, settings: Settings): Promise<Finding[]> {
	const admin = adminConnection(settings, endpoint);
	const answers = await withClient(admin, async () => true).catch(() => false);
	if (!answers) return []; // The check of the passwords reports it.
	const warnings: SlipwayError[] = [];
	const options = { dryRun: true, dedicated, onWarning: (each: SlipwayError) => warnings.push(each) };
	try {
		const changes = await bootstrapDatabase(admin, settings.database, options);
		return [
			...warnings.map((each) => fromFault(each, 'warning')),
			changes.length === 0
				? ok(`${name(admin)} has the roles and grants that bootstrap makes`)
				: warning(
						`${name(admin)} is not as bootstrap makes it; it would have ${listSome(changes.map(({ summary }) => summary))}`,
						'Bootstrap it: docker compose up, or scripts/bootstrap-db.',
					),
		];
	} catch (fault) {
		return (fault instanceof AggregateError ? fault.errors : [fault]).map((each) => fromFault(each));
	}
}

function listSome(summaries: readonly string[]): string {
	const more = summaries.length > 3 ? `, and ${summaries.length - 3} more` : '';
	return `${summaries.slice(0, 3).join(', ')}${more}`;
}

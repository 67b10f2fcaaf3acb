import { withClient } from '../../connection/index.ts';
import { bootstrapDatabase } from '../../database/bootstrap/index.ts';
import { SlipwayError } from '../../errors.ts';
import { adminConnection, type Settings } from '../../settings/index.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, fromError, ok, warning } from '../finding.ts';
import { type Server, serversOf } from '../servers.ts';

/** Compares roles, database, settings and grants with what bootstrap would set up. */
export async function checkBootstrap(context: DoctorContext): Promise<Finding[]> {
	const { settings } = context;
	if (settings instanceof SlipwayError) return [];
	const findings = await Promise.all(serversOf(context, settings).map((server) => compare(server, settings)));
	return findings.flat();
}

async function compare({ name, endpoint, dedicated }: Server, settings: Settings): Promise<Finding[]> {
	const admin = adminConnection(settings, endpoint);
	const answers = await withClient(admin, async () => true).catch(() => false);
	if (!answers) return []; // The check `passwords` reports it.
	const warnings: SlipwayError[] = [];
	const options = { dryRun: true, dedicated, onWarning: (each: SlipwayError) => warnings.push(each) };
	try {
		const changes = await bootstrapDatabase(admin, settings.database, options);
		return [
			...warnings.map((each) => fromError(each, 'warning')),
			changes.length === 0
				? ok(`${name(admin)} has the roles and grants that bootstrap sets up`)
				: warning(
						`${name(admin)} differs from what bootstrap sets up; bootstrap would have ${listSome(changes.map(({ summary }) => summary))}`,
						'Run docker compose up, or npx slipway bootstrap.',
					),
		];
	} catch (error) {
		return (error instanceof AggregateError ? error.errors : [error]).map((each) => fromError(each));
	}
}

function listSome(summaries: readonly string[]): string {
	const more = summaries.length > 3 ? `, and ${summaries.length - 3} more` : '';
	return `${summaries.slice(0, 3).join(', ')}${more}`;
}

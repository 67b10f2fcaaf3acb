import { type Drift, findDrift } from '../../database/bootstrap/index.ts';
import { hasCode, type SlipwayError } from '../../errors.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, fromError, ok, warning } from '../finding.ts';
import { lookAtServers, type Server } from '../servers.ts';

/** Compares roles, database, settings and grants with what bootstrap would set up. */
export async function checkBootstrap({ servers }: DoctorContext): Promise<Finding[]> {
	return await lookAtServers(servers, 'admin', (_, server) => compare(server));
}

async function compare({ name, admin, dedicated, database }: Server): Promise<Finding[]> {
	const warnings: SlipwayError[] = [];
	const options = { dedicated, onWarning: (each: SlipwayError) => warnings.push(each) };
	try {
		const drift = await findDrift(admin, database, options);
		return [...warnings.map((each) => fromError(each, 'warning')), ...findingsOf(name(admin), drift)];
	} catch (error) {
		if (hasCode(error, 'session-shared')) return []; // The check `pooler` reports it.
		return (error instanceof AggregateError ? error.errors : [error]).map((each) => fromError(each));
	}
}

function findingsOf(server: string, { changes, excess }: Drift): Finding[] {
	if (changes.length + excess.length === 0)
		return [ok(`${server} has the roles and grants that bootstrap sets up`)];
	return [
		...(changes.length === 0
			? []
			: [
					warning(
						`${server} differs from what bootstrap sets up; bootstrap would have ${listSome(changes)}`,
						'Run docker compose up, or npx slipway bootstrap.',
					),
				]),
		...(excess.length === 0
			? []
			: [
					warning(
						`${server} has rights that bootstrap does not grant; bootstrap --revoke would have ${listSome(excess)}`,
						'See all with npx slipway bootstrap --check. List those that are meant in roles.grants of slipway.config.ts, and remove the others: npx slipway bootstrap --revoke',
					),
				]),
	];
}

function listSome(changes: Drift['changes']): string {
	const summaries = changes.map(({ summary }) => summary);
	const more = summaries.length > 3 ? `, and ${summaries.length - 3} more` : '';
	return `${summaries.slice(0, 3).join(', ')}${more}`;
}

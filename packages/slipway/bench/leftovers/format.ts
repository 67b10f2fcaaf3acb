import { formatTable } from '../table.ts';
import type { LeftoversFigures } from './measure.ts';
import { describePlan, victims } from './plan.ts';

/** Formats the figures as a table. */
export function formatLeftovers({ seed, missing, plans, finding }: LeftoversFigures): string {
	const providers = [...new Set(plans.map(({ provider }) => provider))];
	const rows = providers.map((provider) => {
		const own = plans.filter((plan) => plan.provider === provider);
		return [
			provider,
			...victims.map((victim) => String(own.filter((plan) => plan.victim === victim).length)),
		];
	});
	const absent = Object.entries(missing).map(([provider, reason]) => `not tested: ${provider} (${reason})`);
	const verdict =
		finding === undefined
			? 'No leftovers, and no harm to others.'
			: [describePlan(finding.plan), ...finding.left].join('\n  ');
	return [`seed ${seed}`, formatTable(['killed', ...victims], rows), absent.join('\n'), verdict]
		.filter((part) => part !== '')
		.join('\n\n');
}

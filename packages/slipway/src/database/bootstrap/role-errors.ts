import { SlipwayError } from '../../errors.ts';
import { type DatabaseSettings, hasOneRole } from '../../settings/index.ts';
import { show } from './change.ts';
import { findExcesses, type Part, type RoleExcess } from './role-excess.ts';
import type { ServerState } from './server-state.ts';

interface Misfit {
	readonly part: Part;
	readonly name: string;
	readonly excesses: readonly RoleExcess[];
}

/**
 * An error if existing roles may do more than they should. They may have been given that for a reason, so
 * bootstrap does not revoke it unasked. `revocable`: what `--revoke` removes counts as well.
 */
export function roleErrors(
	server: ServerState,
	settings: DatabaseSettings,
	{ revocable }: { readonly revocable: boolean },
): SlipwayError[] {
	const misfits = findMisfits(server, settings)
		.map((misfit) => ({
			...misfit,
			excesses: misfit.excesses.filter(({ step }) => revocable || step === undefined),
		}))
		.filter(({ excesses }) => excesses.length > 0);
	if (misfits.length === 0) return [];
	const [message, hint] = [misfits.map(describe).join('\n'), misfits.map(fix).join('\n')];
	return [new SlipwayError('role-has-other-rights', message, hint)];
}

/** What the existing roles may do and should not. */
export function findMisfits(server: ServerState, settings: DatabaseSettings): Misfit[] {
	return partsOf(settings).flatMap(([part, name]): Misfit[] => {
		const role = server.roles.find((each) => each.name === name);
		return role === undefined ? [] : [{ part, name, excesses: findExcesses(role, part, server, settings) }];
	});
}

function partsOf(settings: DatabaseSettings): readonly (readonly [Part, string])[] {
	const { owner, migrator, app } = settings;
	if (hasOneRole(settings)) return [['only role', app.username]];
	return [
		['owner', owner],
		['migrator', migrator.username],
		['app', app.username],
	];
}

function describe({ part, name, excesses }: Misfit): string {
	const list = excesses.map(({ what }) => what).join(', ');
	return `the role ${show(name)} has more privileges than the ${part} of a database should have: it ${list}`;
}

const variables: Record<Part, string> = {
	owner: 'DB_OWNER',
	migrator: 'DB_MIGRATOR_USERNAME',
	app: 'DB_USERNAME',
	'only role': 'DB_USERNAME',
};

function fix({ part, name, excesses }: Misfit): string {
	const another = `Set ${variables[part]} to another role`;
	if (excesses.some(({ fix }) => fix === undefined)) return `${another}; ${show(name)} cannot be changed.`;
	const command = excesses.every(({ step }) => step) ? ' (npx slipway bootstrap --revoke does it)' : '';
	return `${another}, or remove these privileges from ${show(name)}${command}:\n${excesses.map(({ fix }) => `  ${fix}`).join('\n')}`;
}

import { SlipwayError } from '../../errors.ts';
import { type DatabaseSettings, hasOneRole } from '../../settings/index.ts';
import { show } from './change.ts';
import { type Excess, findExcesses, type Part } from './role-excess.ts';
import type { ServerState } from './server-state.ts';

interface Misfit {
	readonly part: Part;
	readonly name: string;
	readonly excesses: readonly Excess[];
}

/**
 * An error if existing roles may do more than they should. They may have been given that for a reason, so
 * bootstrap does not revoke it unasked.
 */
export function roleErrors(server: ServerState, settings: DatabaseSettings): SlipwayError[] {
	const misfits = partsOf(settings).flatMap(([part, name]): Misfit[] => {
		const role = server.roles.find((each) => each.name === name);
		const excesses = role === undefined ? [] : findExcesses(role, part, server, settings);
		return excesses.length === 0 ? [] : [{ part, name, excesses }];
	});
	if (misfits.length === 0) return [];
	const [message, hint] = [misfits.map(describe).join('\n'), misfits.map(fix).join('\n')];
	return [new SlipwayError('role-has-other-rights', message, hint)];
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
	return `${another}, or remove these privileges from ${show(name)}:\n${excesses.map(({ fix }) => `  ${fix}`).join('\n')}`;
}

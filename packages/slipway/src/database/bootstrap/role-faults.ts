import { SlipwayError } from '../../errors.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { show } from './change.ts';
import { type Excess, findExcesses, type Part } from './role-excess.ts';
import type { ServerState } from './server-state.ts';

interface Misfit {
	readonly part: Part;
	readonly name: string;
	readonly excesses: readonly Excess[];
}

/**
 * A fault where roles exist that may do more than theirs. Somebody gave them that for a reason: it is not taken away
 * unasked.
 */
export function roleFaults(server: ServerState, settings: DatabaseSettings): SlipwayError[] {
	const { owner, migrator, app } = settings;
	const parts = { owner, migrator: migrator.username, app: app.username };
	const misfits = (['owner', 'migrator', 'app'] as const).flatMap((part): Misfit[] => {
		const role = server.roles.find(({ name }) => name === parts[part]);
		const excesses = role === undefined ? [] : findExcesses(role, part, server, settings);
		return excesses.length === 0 ? [] : [{ part, name: parts[part], excesses }];
	});
	if (misfits.length === 0) return [];
	const [message, hint] = [misfits.map(describe).join('\n'), misfits.map(mend).join('\n')];
	return [new SlipwayError('role-has-other-rights', message, hint)];
}

function describe({ part, name, excesses }: Misfit): string {
	const list = excesses.map(({ what }) => what).join(', ');
	return `the role ${show(name)} may do more than the ${part} of a database should: it ${list}`;
}

const variables: Record<Part, string> = {
	owner: 'DB_OWNER',
	migrator: 'DB_MIGRATOR_USERNAME',
	app: 'DB_USERNAME',
};

function mend({ part, name, excesses }: Misfit): string {
	const another = `Name another role in ${variables[part]}`;
	if (excesses.some(({ mend }) => mend === undefined))
		return `${another}; ${show(name)} has to stay as it is.`;
	return `${another}, or take these rights from ${show(name)}:\n${excesses.map(({ mend }) => `  ${mend}`).join('\n')}`;
}

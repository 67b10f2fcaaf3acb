import type { Connection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import {
	type DatabaseSettings,
	databaseNameProblem,
	type Problem,
	passwordProblem,
	roleNameProblem,
} from '../../settings/index.ts';
import { show } from './change.ts';

/** For settings that no parser has seen: PostgreSQL would cut a long name off without a word. */
export function settingsFaults(admin: Connection, settings: DatabaseSettings): SlipwayError[] {
	const { name, owner, migrator, app } = settings;
	const roles = [
		['owner', owner],
		['migrator', migrator.username],
		['app', app.username],
	] as const;
	return [
		...fault('invalid-identifier', `the database's name ${show(name)}`, databaseNameProblem(name)),
		...roles.flatMap(([part, role]) =>
			fault('invalid-identifier', `the ${part}'s name ${show(role)}`, roleNameProblem(role)),
		),
		...fault('invalid-password', "the migrator's password", passwordProblem(migrator.password)),
		...fault('invalid-password', "the app's password", passwordProblem(app.password)),
		...sharedNames([...roles, ['admin', admin.username]]),
	];
}

function fault(code: string, subject: string, problem: Problem | undefined): SlipwayError[] {
	return problem === undefined ? [] : [new SlipwayError(code, `${subject} ${problem.what}`, problem.fix)];
}

/** One role for two parts would have the rights of both. */
function sharedNames(roles: readonly (readonly [string, string])[]): SlipwayError[] {
	return roles.flatMap(([part, name], index) => {
		const earlier = roles.slice(0, index).find(([, other]) => other === name);
		if (earlier === undefined) return [];
		return [
			new SlipwayError(
				'roles-not-distinct',
				`the ${earlier[0]} and the ${part} are one role, ${show(name)}`,
				'Name a role of its own for each of the admin, the owner, the migrator and the app.',
			),
		];
	});
}

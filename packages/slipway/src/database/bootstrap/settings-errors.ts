import type { Connection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import {
	type DatabaseSettings,
	databaseNameProblem,
	hasOneRole,
	type Problem,
	passwordProblem,
	roleNameProblem,
} from '../../settings/index.ts';
import { show } from './change.ts';

/** For settings that did not come through the parser: PostgreSQL would silently truncate a long name. */
export function settingsErrors(admin: Connection, settings: DatabaseSettings): SlipwayError[] {
	const { name, owner, migrator, app } = settings;
	const roles = [
		['owner', owner],
		['migrator', migrator.username],
		['app', app.username],
	] as const;
	return [
		...errorFor('invalid-identifier', `the database's name ${show(name)}`, databaseNameProblem(name)),
		...roles.flatMap(([part, role]) =>
			errorFor('invalid-identifier', `the ${part}'s name ${show(role)}`, roleNameProblem(role)),
		),
		...errorFor('invalid-password', "the migrator's password", passwordProblem(migrator.password)),
		...errorFor('invalid-password', "the app's password", passwordProblem(app.password)),
		...sharedNames([
			...(hasOneRole(settings) ? [['role', app.username] as const] : roles),
			['admin', admin.username],
		]),
	];
}

function errorFor(code: string, subject: string, problem: Problem | undefined): SlipwayError[] {
	return problem === undefined ? [] : [new SlipwayError(code, `${subject} ${problem.what}`, problem.fix)];
}

/** A role used for two parts would have the privileges of both. */
function sharedNames(roles: readonly (readonly [string, string])[]): SlipwayError[] {
	return roles.flatMap(([part, name], index) => {
		const earlier = roles.slice(0, index).find(([, other]) => other === name);
		if (earlier === undefined) return [];
		return [
			new SlipwayError(
				'roles-not-distinct',
				`the ${earlier[0]} and the ${part} are the same role, ${show(name)}`,
				'Use four different roles: admin, owner, migrator and app; or one for all but the admin.',
			),
		];
	});
}

import { type DatabaseSettings, hasOneRole } from '../../settings/index.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql.ts';
import { type Step, show, stepOfAdmin, stepOfOwner } from './change.ts';
import type { RoleSetting, ServerState } from './server-state.ts';

/**
 * The settings that sessions start with. Any role may change its own settings, so the migrator and the app
 * get exactly these. The database's settings belong to the owner, and a migration may change them.
 */
export function planSettings(server: ServerState, settings: DatabaseSettings): Step[] {
	const wanted = wantedSettings(settings);
	const present = server.roleSettings;
	return [
		...present
			.filter((each) => each.adminMayReset && !wanted.some((other) => sameSetting(each, other)))
			.map((each) => reset(each, settings)),
		...wanted
			.filter((each) => !present.some((other) => sameSetting(each, other) && each.value === other.value))
			.map((each) => set(each, settings)),
		...planSearchPath(server, settings),
	];
}

type Setting = Pick<RoleSetting, 'role' | 'inDatabase' | 'name' | 'value'>;

/**
 * With `role`, everything that a migration creates belongs to the owner. Migrations have a search path of
 * their own: otherwise a migration that changes the database's would affect later ones only if they ran in
 * another session. One role that does everything has the settings of the app: none.
 */
function wantedSettings(settings: DatabaseSettings): Setting[] {
	const { owner, migrator } = settings;
	if (hasOneRole(settings)) return [];
	const role = migrator.username;
	return [
		{ role, inDatabase: true, name: 'role', value: owner },
		{ role, inDatabase: true, name: 'search_path', value: 'public' },
	];
}

function sameSetting(a: Setting, b: Setting): boolean {
	return a.role === b.role && a.inDatabase === b.inDatabase && a.name === b.name;
}

function reset(setting: Setting, settings: DatabaseSettings): Step {
	const { role, name } = setting;
	return stepOfAdmin(
		`reset ${name} for ${label(setting, settings)}`,
		`ALTER ROLE ${target(setting, settings)} RESET ${quoteIdentifier(name)}`,
		['CREATEROLE', { adminOf: role }],
	);
}

function set(setting: Setting, settings: DatabaseSettings): Step {
	const { role, name, value } = setting;
	return stepOfAdmin(
		`set ${name} to ${show(value)} for ${label(setting, settings)}`,
		`ALTER ROLE ${target(setting, settings)} SET ${name} = ${quoteLiteral(value)}`,
		['CREATEROLE', { adminOf: role }],
	);
}

function label({ role, inDatabase }: Setting, { name }: DatabaseSettings): string {
	return inDatabase ? `${show(role)} in database ${show(name)}` : show(role);
}

function target({ role, inDatabase }: Setting, { name }: DatabaseSettings): string {
	return inDatabase ? `${quoteIdentifier(role)} IN DATABASE ${quoteIdentifier(name)}` : quoteIdentifier(role);
}

/** PostgreSQL's own default starts with a schema named after the role, if there is one. */
function planSearchPath({ database }: ServerState, { name }: DatabaseSettings): Step[] {
	if (database?.settings.includes('search_path')) return [];
	return [
		stepOfOwner(
			`set search_path to "public" in database ${show(name)}`,
			`ALTER DATABASE ${quoteIdentifier(name)} SET search_path = 'public'`,
		),
	];
}

import { majorOf, since } from '../../postgres-versions.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { type Step, show, stepOfAdmin } from './change.ts';
import { addGrants, databaseRights, type Grant, type Securable, setGrants } from './grants.ts';
import { planSettings } from './plan-settings.ts';
import type { DatabaseEntry, ServerState } from './server-state.ts';

/** The database where there is none. PostgreSQL makes it outside of a transaction only. */
export function planCreation(server: ServerState, { name, owner }: DatabaseSettings): Step[] {
	if (server.database !== null) return [];
	return [
		stepOfAdmin(
			`created database ${show(name)}`,
			`CREATE DATABASE ${quoteIdentifier(name)} OWNER ${quoteIdentifier(owner)} TEMPLATE template0 ENCODING 'UTF8' ${locale(server)}`,
			['CREATEDB'],
		),
	];
}

/**
 * Texts sort by code point on every version and system, so that a test finds the order that production has, and no
 * upgrade of the system's libraries corrupts an index. For people, sort with a COLLATE. Which letters there are,
 * Unicode says from version 17 on, and the server's own LC_CTYPE before, where it goes with UTF-8.
 */
function locale({ version, template0 }: ServerState): string {
	const provider =
		majorOf(version) < since.builtinLocale
			? 'LOCALE_PROVIDER libc'
			: "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'";
	const ctype = template0.encoding === 'UTF8' ? '' : " LC_CTYPE 'C'";
	return `${provider} LC_COLLATE 'C'${ctype}`;
}

/** Who owns the database, who may connect to it, and what a session in it begins with. */
export function planAccess(server: ServerState, settings: DatabaseSettings): Step[] {
	const database = server.database ?? freshDatabase(settings);
	return [
		...planOwnership(database, settings),
		...planSettings(server, settings),
		...planConnections(server, database, settings),
	];
}

/**
 * On a server of our own, only superusers have a use for the databases that every server has. Anybody else could take
 * locks there, or fill the disk with temporary tables.
 */
export function planSharedDatabases({ admin, sharedDatabases }: ServerState): Step[] {
	if (!admin.superuser) return [];
	return sharedDatabases.flatMap(({ name, grants }) =>
		setGrants(
			{
				label: `database ${show(name)}`,
				target: `DATABASE ${quoteIdentifier(name)}`,
				actor: 'admin',
				grants,
			},
			null,
			[],
		),
	);
}

function freshDatabase({ owner }: DatabaseSettings): DatabaseEntry {
	const grants: Grant[] = ['TEMPORARY', 'CONNECT'].map((privilege) => ({
		grantee: null,
		privilege,
		grantable: false,
	}));
	return { owner, open: true, adminMayConnect: true, grants, settings: [] };
}

function planOwnership(database: DatabaseEntry, { name, owner }: DatabaseSettings): Step[] {
	if (database.owner === owner) return [];
	return [
		stepOfAdmin(
			`gave database ${show(name)} to ${show(owner)}`,
			`ALTER DATABASE ${quoteIdentifier(name)} OWNER TO ${quoteIdentifier(owner)}`,
			['CREATEDB'],
		),
	];
}

/** An admin that is no superuser is shut out together with PUBLIC. */
function planConnections(
	{ admin }: ServerState,
	{ grants }: DatabaseEntry,
	{ name, migrator, app }: DatabaseSettings,
): Step[] {
	const database: Securable = {
		label: `database ${show(name)}`,
		target: `DATABASE ${quoteIdentifier(name)}`,
		grants,
	};
	return [
		...setGrants(database, null, []),
		...setGrants(database, migrator.username, databaseRights),
		...setGrants(database, app.username, databaseRights),
		...(admin.superuser ? [] : addGrants(database, admin.name, databaseRights)),
	];
}

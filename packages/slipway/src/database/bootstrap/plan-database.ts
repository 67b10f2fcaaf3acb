import { majorOf, since } from '../../postgres-versions.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { type Step, show, stepOfAdmin } from './change.ts';
import {
	addGrants,
	databaseRights,
	type Grant,
	type Securable,
	setGrants,
	temporaryRights,
} from './grants.ts';
import { planSettings } from './plan-settings.ts';
import type { DatabaseEntry, ServerState } from './server-state.ts';

/** Creates the database if it does not exist. PostgreSQL creates databases only outside a transaction. */
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
 * Text sorts by code point on every version and system: tests and production agree on the order, and
 * upgrading the system's libraries corrupts no index. To sort for people, use COLLATE. Character classes come
 * from Unicode since version 17; before that, from the server's own LC_CTYPE if it works with UTF-8.
 */
function locale({ version, template0 }: ServerState): string {
	const provider =
		majorOf(version) < since.builtinLocale
			? 'LOCALE_PROVIDER libc'
			: "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'";
	const ctype = template0.encoding === 'UTF8' ? '' : " LC_CTYPE 'C'";
	return `${provider} LC_COLLATE 'C'${ctype}`;
}

/** Who owns the database, who may connect to it, and the settings that sessions start with. */
export function planAccess(server: ServerState, settings: DatabaseSettings): Step[] {
	const database = server.database ?? freshDatabase(settings);
	return [
		...planOwnership(database, settings),
		...planSettings(server, settings),
		...planConnections(server, database, settings),
	];
}

/**
 * On a dedicated server, only superusers need `postgres` and `template1`. Other roles could take locks there,
 * or fill the disk with temporary tables.
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
			`changed the owner of database ${show(name)} to ${show(owner)}`,
			`ALTER DATABASE ${quoteIdentifier(name)} OWNER TO ${quoteIdentifier(owner)}`,
			['CREATEDB'],
		),
	];
}

export function securableOfDatabase(
	{ name, owner }: Pick<DatabaseSettings, 'name' | 'owner'>,
	grants: readonly Grant[],
): Securable {
	return { label: `database ${show(name)}`, target: `DATABASE ${quoteIdentifier(name)}`, owner, grants };
}

/**
 * Revoking CONNECT from PUBLIC also shuts out an admin who is not a superuser, so that role gets a grant of
 * its own.
 */
function planConnections(
	{ admin }: ServerState,
	{ grants }: DatabaseEntry,
	{ name, owner, migrator, app, temporaryTables = false }: DatabaseSettings,
): Step[] {
	const database = securableOfDatabase({ name, owner }, grants);
	const appRights = temporaryTables ? [...databaseRights, ...temporaryRights] : databaseRights;
	return [
		...setGrants(database, null, []),
		...setGrants(database, migrator.username, databaseRights),
		...setGrants(database, app.username, appRights),
		...(admin.superuser ? [] : addGrants(database, admin.name, databaseRights)),
	];
}

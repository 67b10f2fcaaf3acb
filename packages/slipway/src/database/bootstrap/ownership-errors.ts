import { SlipwayError } from '../../errors.ts';
import { type DatabaseSettings, hasOneRole } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { show } from './change.ts';
import type { ContentsState, SchemaState } from './contents-state.ts';
import { belongsToOwner } from './plan-contents.ts';
import type { ServerState } from './server-state.ts';

/** An existing database is taken over only if it belongs to the owner or to the admin itself. */
export function databaseErrors(server: ServerState, settings: DatabaseSettings): SlipwayError[] {
	const { admin, database } = server;
	const { name, owner } = settings;
	if (database === null) return [];
	const errors: SlipwayError[] = [];
	if (database.owner !== owner && database.owner !== admin.name)
		errors.push(
			new SlipwayError(
				'database-belongs-to-other',
				`the database ${show(name)} belongs to ${show(database.owner)}, not to ${show(owner)}`,
				`Set DATABASE_NAME to another database, or change the owner of this one:\n${hasOneRole(settings) ? reassign(database.owner, settings) : changeOwner(server, name, owner)}`,
			),
		);
	if (!database.open)
		errors.push(
			new SlipwayError(
				'database-closed',
				`the database ${show(name)} accepts no connections`,
				`Allow connections: ALTER DATABASE ${quoteIdentifier(name)} ALLOW_CONNECTIONS true. If an interrupted DROP DATABASE left it like this, it can only be dropped.`,
			),
		);
	return errors;
}

/**
 * A database of the admin's that is already in use is not taken over either: superusers create databases for
 * all kinds of services, and `app` is a common name.
 */
export function contentsErrors(
	{ schemas, foreignObjects }: ContentsState,
	server: ServerState,
	settings: DatabaseSettings,
): SlipwayError[] {
	const { admin, database } = server;
	const { name, owner } = settings;
	const errors = schemas
		.filter((schema) => !belongsToOwner(schema, owner) && schema.owner !== admin.name)
		.map((schema) => foreignSchema(schema, settings));
	if (foreignObjects === 0 || database?.owner !== admin.name) return errors;
	const used = new SlipwayError(
		'database-belongs-to-other',
		`the database ${show(name)} is in use: ${foreignObjects} of its tables, views and sequences do not belong to ${show(owner)}`,
		`Set DATABASE_NAME to another database, or change the owner of this one:\n${changeOwner(server, name, owner)}\nand of what is in it, with ALTER TABLE … OWNER TO ${quoteIdentifier(owner)}`,
	);
	return [used, ...errors];
}

function foreignSchema(schema: SchemaState, { name, owner }: DatabaseSettings): SlipwayError {
	const target = `SCHEMA ${quoteIdentifier(schema.name)}`;
	return new SlipwayError(
		'schema-belongs-to-other',
		`the schema ${show(schema.name)} of the database ${show(name)} belongs to ${show(schema.owner)}, not to ${show(owner)}`,
		`Change its owner:\n  ALTER ${target} OWNER TO ${quoteIdentifier(owner)}; -- in the database ${show(name)}`,
	);
}

function changeOwner({ roles }: ServerState, database: string, owner: string): string {
	const create = roles.some(({ name }) => name === owner)
		? ''
		: `CREATE ROLE ${quoteIdentifier(owner)} NOLOGIN; `;
	return `  ${create}ALTER DATABASE ${quoteIdentifier(database)} OWNER TO ${quoteIdentifier(owner)};`;
}

/** A database that three roles were made for has everything in it from one of them. */
function reassign(from: string, { name, owner }: DatabaseSettings): string {
	return `  REASSIGN OWNED BY ${quoteIdentifier(from)} TO ${quoteIdentifier(owner)}; -- in the database ${show(name)}`;
}

/**
 * Warnings about large objects that the migrator or the app owns. Any role can create some before bootstrap,
 * or if the admin is not a superuser. So they do not show that the role was given more, and must not keep a
 * stack from starting.
 */
export function ownershipWarnings(server: ServerState, { name, owner }: DatabaseSettings): SlipwayError[] {
	return server.roles
		.filter((role) => role.name !== owner && role.largeObjects > 0)
		.map((role) => {
			const count = role.largeObjects === 1 ? 'a large object' : `${role.largeObjects} large objects`;
			return new SlipwayError(
				'role-owns-large-objects',
				`the role ${show(role.name)} owns ${count} in the database ${show(name)}`,
				`Give them to the owner, in the database ${show(name)}:\n  REASSIGN OWNED BY ${quoteIdentifier(role.name)} TO ${quoteIdentifier(owner)};`,
			);
		});
}

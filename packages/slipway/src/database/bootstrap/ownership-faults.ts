import { SlipwayError } from '../../errors.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { show } from './change.ts';
import type { ContentsState, SchemaState } from './contents-state.ts';
import { belongsToOwner } from './plan-contents.ts';
import type { ServerState } from './server-state.ts';

/** A database that somebody else made is taken over only where the admin itself is that somebody. */
export function databaseFaults(server: ServerState, { name, owner }: DatabaseSettings): SlipwayError[] {
	const { admin, database } = server;
	if (database === null) return [];
	const faults: SlipwayError[] = [];
	if (database.owner !== owner && database.owner !== admin.name)
		faults.push(
			new SlipwayError(
				'database-belongs-to-other',
				`the database ${show(name)} belongs to ${show(database.owner)}, not to ${show(owner)}`,
				`Name another database in DATABASE_NAME, or hand this one over:\n${handOver(server, name, owner)}`,
			),
		);
	if (!database.open)
		faults.push(
			new SlipwayError(
				'database-closed',
				`the database ${show(name)} accepts no connections`,
				`Open it: ALTER DATABASE ${quoteIdentifier(name)} ALLOW_CONNECTIONS true. What an interrupted DROP DATABASE left can only be dropped.`,
			),
		);
	return faults;
}

/**
 * Nor is one that the admin made and somebody uses: superusers make databases for all kinds of services, and `app`
 * is a common name.
 */
export function contentsFaults(
	{ schemas, strangers }: ContentsState,
	server: ServerState,
	settings: DatabaseSettings,
): SlipwayError[] {
	const { admin, database } = server;
	const { name, owner } = settings;
	const faults = schemas
		.filter((schema) => !belongsToOwner(schema, owner) && schema.owner !== admin.name)
		.map((schema) => foreignSchema(schema, settings));
	if (strangers === 0 || database?.owner !== admin.name) return faults;
	const used = new SlipwayError(
		'database-belongs-to-other',
		`the database ${show(name)} is in use: ${strangers} of its tables, views and sequences do not belong to ${show(owner)}`,
		`Name another database in DATABASE_NAME, or hand this one over:\n${handOver(server, name, owner)}\nand what is in it, each with ALTER TABLE … OWNER TO ${quoteIdentifier(owner)}`,
	);
	return [used, ...faults];
}

function foreignSchema(schema: SchemaState, { name, owner }: DatabaseSettings): SlipwayError {
	const target = `SCHEMA ${quoteIdentifier(schema.name)}`;
	return new SlipwayError(
		'schema-belongs-to-other',
		`the schema ${show(schema.name)} of the database ${show(name)} belongs to ${show(schema.owner)}, not to ${show(owner)}`,
		`Hand it over:\n  ALTER ${target} OWNER TO ${quoteIdentifier(owner)}; -- in the database ${show(name)}`,
	);
}

function handOver({ roles }: ServerState, database: string, owner: string): string {
	const create = roles.some(({ name }) => name === owner)
		? ''
		: `CREATE ROLE ${quoteIdentifier(owner)} NOLOGIN; `;
	return `  ${create}ALTER DATABASE ${quoteIdentifier(database)} OWNER TO ${quoteIdentifier(owner)};`;
}

/**
 * Large objects of a login's: any role can make some before bootstrap, or where the admin is no superuser. So they do
 * not mean that somebody gave the role more, and must not keep a stack from starting.
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

import type { DatabaseSettings } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { ledgerSchema } from '../migrations/ledger.ts';
import { type Step, show, stepOfAdmin, stepOfOwner } from './change.ts';
import type { ContentsState, SchemaState } from './contents-state.ts';
import {
	addGrants,
	appPrivileges,
	type DefaultKind,
	defaultKinds,
	type Grant,
	type Securable,
	setGrants,
	typeRights,
} from './grants.ts';
import { planLargeObjects } from './plan-large-objects.ts';
import { planObject } from './plan-objects.ts';
import type { AdminState } from './server-state.ts';

/** Bootstrap creates these if they are missing. */
const ownSchemas = ['public', ledgerSchema] as const;

/** The schemas, and the privileges on present and future objects in them. */
export function planContents(contents: ContentsState, admin: AdminState, settings: DatabaseSettings): Step[] {
	const { schemas } = contents;
	const others = schemas.filter(({ name }) => !isOwn(name));
	const hidden = others.filter((schema) => isHidden(schema, settings)).map(({ name }) => name);
	return [
		...planLargeObjects(contents, admin, settings),
		...ownSchemas.flatMap((name) => planOwnSchema(schemas, name, settings)),
		...others.flatMap((schema) => planSchema(schema, settings)),
		...defaultKinds.flatMap((kind) => planDefaults(contents, null, kind, settings)),
		...ownSchemas.flatMap((schema) =>
			defaultKinds.flatMap((kind) => planDefaults(contents, schema, kind, settings)),
		),
		...contents.objects.flatMap((object) =>
			planObject(object, settings, { hidden: hidden.includes(object.schema) }),
		),
	];
}

export function isOwn(schema: string): boolean {
	return ownSchemas.some((name) => name === schema);
}

function planOwnSchema(
	schemas: readonly SchemaState[],
	name: (typeof ownSchemas)[number],
	settings: DatabaseSettings,
): Step[] {
	const schema = schemas.find((each) => each.name === name);
	const securable = securableOf(name, schema?.grants ?? [], settings);
	return [
		...planSchemaOwner(schema, name, settings),
		...setGrants(securable, null, []),
		...setGrants(securable, settings.migrator.username, []),
		...setGrants(securable, settings.app.username, appPrivileges.SCHEMAS),
	];
}

/** A schema that a migration created, perhaps before the default privileges existed. */
function planSchema(schema: SchemaState, settings: DatabaseSettings): Step[] {
	const securable = securableOf(schema.name, schema.grants, settings);
	return [
		...setGrants(securable, null, []),
		...(isHidden(schema, settings) ? [] : addGrants(securable, settings.app.username, appPrivileges.SCHEMAS)),
	];
}

/** Whether a migration revoked what the default privileges gave the app. */
function isHidden({ untouched, grants }: SchemaState, { app }: DatabaseSettings): boolean {
	return !untouched && !grants.some(({ grantee }) => grantee === app.username || grantee === null);
}

export function securableOf(
	schema: string,
	grants: readonly Grant[],
	{ owner }: DatabaseSettings,
): Securable {
	return { label: `schema ${show(schema)}`, target: `SCHEMA ${quoteIdentifier(schema)}`, owner, grants };
}

function planSchemaOwner(schema: SchemaState | undefined, name: string, { owner }: DatabaseSettings): Step[] {
	const [quoted, quotedOwner] = [quoteIdentifier(name), quoteIdentifier(owner)];
	if (schema === undefined)
		return [
			stepOfOwner(`created schema ${show(name)}`, `CREATE SCHEMA ${quoted} AUTHORIZATION ${quotedOwner}`),
		];
	if (belongsToOwner(schema, owner)) return [];
	const summary = `changed the owner of schema ${show(name)} to ${show(owner)}`;
	return [stepOfAdmin(summary, `ALTER SCHEMA ${quoted} OWNER TO ${quotedOwner}`, [])];
}

/** In a new database, `public` belongs to pg_database_owner, which stands for the database's owner. */
export function belongsToOwner(schema: SchemaState, owner: string): boolean {
	return schema.owner === owner || (schema.name === 'public' && schema.owner === 'pg_database_owner');
}

/**
 * Default privileges without a schema apply to all schemas, so that the app has its privileges in each one
 * that a migration creates. Those of a schema can only add to them. That is why creating the ledger revokes
 * what the app must not have on its tables.
 */
function planDefaults(
	{ defaults }: ContentsState,
	schema: string | null,
	kind: DefaultKind,
	{ owner, migrator, app }: DatabaseSettings,
): Step[] {
	const entry = defaults.find((each) => each.schema === schema && each.kind === kind);
	const securable = securableOfDefaults(
		{ schema, kind, grants: entry?.grants ?? builtInDefaults(schema, kind) },
		owner,
	);
	return [
		...setGrants(securable, null, schema === null && kind === 'TYPES' ? typeRights : []),
		...setGrants(securable, migrator.username, []),
		...setGrants(securable, app.username, schema === null && kind !== 'TYPES' ? appPrivileges[kind] : []),
	];
}

export function securableOfDefaults(
	{ schema, kind, grants }: { schema: string | null; kind: string; grants: readonly Grant[] },
	owner: string,
): Securable {
	const [inSchema, clause] =
		schema === null ? ['', ''] : [` in schema ${show(schema)}`, ` IN SCHEMA ${quoteIdentifier(schema)}`];
	return {
		label: `future ${kind.toLowerCase()}${inSchema}`,
		target: kind,
		prefix: `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteIdentifier(owner)}${clause} `,
		owner,
		grants,
	};
}

function builtInDefaults(schema: string | null, kind: DefaultKind): Grant[] {
	const privilege = { FUNCTIONS: 'EXECUTE', TYPES: 'USAGE', SCHEMAS: '', TABLES: '', SEQUENCES: '' }[kind];
	return schema !== null || privilege === '' ? [] : [{ grantee: null, privilege, grantable: false }];
}

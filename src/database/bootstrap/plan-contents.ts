import type { DatabaseSettings } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { type Step, show, stepOfAdmin, stepOfOwner } from './change.ts';
import type { ContentsState, SchemaState } from './contents-state.ts';
import { type Grant, type Securable, setGrants } from './grants.ts';
import { planLargeObjects } from './plan-large-objects.ts';
import { planObject } from './plan-objects.ts';
import { type ObjectKind, objectKinds, type SchemaName, schemaNames, schemaRules } from './schema-rules.ts';
import type { AdminState } from './server-state.ts';

/** The schemas, and the privileges on what is in them and will be. */
export function planContents(contents: ContentsState, admin: AdminState, settings: DatabaseSettings): Step[] {
	return [
		...planLargeObjects(contents, admin, settings),
		...schemaNames.flatMap((name) => planSchema(contents, name, settings)),
		...objectKinds.flatMap((kind) => planDefaults(contents, null, kind, settings)),
		...schemaNames.flatMap((schema) =>
			objectKinds.flatMap((kind) => planDefaults(contents, schema, kind, settings)),
		),
		...contents.objects.flatMap((object) => planObject(object, settings)),
	];
}

function planSchema({ schemas }: ContentsState, name: SchemaName, settings: DatabaseSettings): Step[] {
	const schema = schemas.find((each) => each.name === name);
	const target = `SCHEMA ${quoteIdentifier(name)}`;
	const securable = { label: `schema ${show(name)}`, target, grants: schema?.grants ?? [] };
	return [
		...planSchemaOwner(schema, name, settings),
		...setGrants(securable, null, []),
		...setGrants(securable, settings.migrator.username, []),
		...setGrants(securable, settings.app.username, ['USAGE']),
	];
}

function planSchemaOwner(
	schema: SchemaState | undefined,
	name: SchemaName,
	{ owner }: DatabaseSettings,
): Step[] {
	const [quoted, quotedOwner] = [quoteIdentifier(name), quoteIdentifier(owner)];
	if (schema === undefined)
		return [
			stepOfOwner(`created schema ${show(name)}`, `CREATE SCHEMA ${quoted} AUTHORIZATION ${quotedOwner}`),
		];
	if (belongsToOwner(schema, owner)) return [];
	const summary = `gave schema ${show(name)} to ${show(owner)}`;
	return [stepOfAdmin(summary, `ALTER SCHEMA ${quoted} OWNER TO ${quotedOwner}`, [])];
}

/** `public` belongs to pg_database_owner in a new database: to whoever owns the database. */
export function belongsToOwner(schema: SchemaState, owner: string): boolean {
	return schema.owner === owner || (schema.name === 'public' && schema.owner === 'pg_database_owner');
}

/** Without a schema, for all of them: there nobody is given anything, and PUBLIC loses EXECUTE on functions. */
function planDefaults(
	{ defaults }: ContentsState,
	schema: SchemaName | null,
	kind: ObjectKind,
	{ owner, migrator, app }: DatabaseSettings,
): Step[] {
	const entry = defaults.find((each) => each.schema === schema && each.kind === kind);
	const inSchema = schema === null ? '' : ` in schema ${show(schema)}`;
	const securable: Securable = {
		label: `future ${kind.toLowerCase()}${inSchema}`,
		target: kind,
		prefix: `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoteIdentifier(owner)}${schema === null ? '' : ` IN SCHEMA ${quoteIdentifier(schema)}`} `,
		grants: entry?.grants ?? builtInDefaults(schema, kind),
	};
	return [
		...setGrants(securable, null, []),
		...setGrants(securable, migrator.username, []),
		...setGrants(securable, app.username, schema === null ? [] : schemaRules[schema][kind]),
	];
}

function builtInDefaults(schema: SchemaName | null, kind: ObjectKind): Grant[] {
	if (schema !== null || kind !== 'FUNCTIONS') return [];
	return [{ grantee: null, privilege: 'EXECUTE', grantable: false }];
}

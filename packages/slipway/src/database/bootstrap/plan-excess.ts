import type { DatabaseSettings } from '../../settings/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { ledgerSchema } from '../migrations/ledger.ts';
import { type Excess, show, stepOfAdmin } from './change.ts';
import type { ContentsState } from './contents-state.ts';
import type { ExcessState } from './excess-state.ts';
import {
	appPrivileges,
	databaseRights,
	type Grantee,
	grantOf,
	revokeExcess,
	type Securable,
	typeRights,
} from './grants.ts';
import { isOwn, securableOf, securableOfDefaults } from './plan-contents.ts';
import { securableOfDatabase } from './plan-database.ts';
import { securableOfObject } from './plan-objects.ts';
import { findMisfits } from './role-errors.ts';
import { grantedBy } from './role-excess.ts';
import type { ServerState } from './server-state.ts';

// What a database has and a freshly bootstrapped one has not. The steps of bootstrap itself take from PUBLIC, the
// migrator and the app what they must not have; the rest may be there for a reason.

/** Attributes of the roles, members of them, and what other roles may do with the database. */
export function planServerExcess(server: ServerState, settings: DatabaseSettings): Excess[] {
	const { migrator, app } = settings;
	const attributes = findMisfits(server, settings).flatMap(({ excesses }) =>
		excesses.flatMap(({ step }) => (step === undefined ? [] : [{ ...step, grants: [] }])),
	);
	const { admin, database } = server;
	const planned = [null, migrator.username, app.username];
	return [
		...attributes,
		...server.roles
			.flatMap(({ name, members }) => members.map((each) => removeMember(server, name, each)))
			.filter((excess) => !excess.grants.every((each) => settings.grants?.includes(each))),
		...revokeFromOthers(settings, securableOfDatabase(settings, database?.grants ?? []), planned, {
			...(!admin.superuser && { [admin.name]: databaseRights }),
		}),
	];
}

function removeMember(
	{ version }: ServerState,
	of: string,
	{ name, grantor }: { readonly name: string; readonly grantor: string },
): Excess {
	const [role, member] = [quoteIdentifier(of), quoteIdentifier(name)];
	return {
		...stepOfAdmin(
			`removed role ${show(name)} from ${show(of)}`,
			`REVOKE ${role} FROM ${member}${grantedBy(version, grantor)} CASCADE`,
			['CREATEROLE', { adminOf: of }],
		),
		grants: [`GRANT ${role} TO ${member}`],
	};
}

/** Grants on what the owner owns, and the owner's default privileges. */
export function planContentsExcess(
	{ schemas, objects, defaults }: ContentsState,
	{ columns, types, foreignDefaults }: ExcessState,
	settings: DatabaseSettings,
): Excess[] {
	const { owner, migrator } = settings;
	const app = settings.app.username;
	const exact = [null, migrator.username, app];
	return [
		...schemas.flatMap(({ name, grants }) =>
			revokeFromOthers(settings, securableOf(name, grants, settings), isOwn(name) ? exact : [null], {
				[app]: appPrivileges.SCHEMAS,
			}),
		),
		...defaults.flatMap((each) => revokeFromOthers(settings, securableOfDefaults(each, owner), exact, {})),
		...foreignDefaults.flatMap((each) =>
			revokeFromOthers(settings, securableOfDefaults(each, owner), [], {}),
		),
		...objects.flatMap((object) =>
			revokeFromOthers(
				settings,
				securableOfObject(object, owner),
				object.schema === ledgerSchema ? [null, app] : [null],
				{ [app]: appPrivileges[object.kind] },
			),
		),
		...columns.flatMap(({ table, column, appHas, grants }) =>
			revokeFromOthers(
				settings,
				{ label: `column ${column} of table ${table}`, target: `TABLE ${table}`, column, owner, grants },
				[],
				// On single columns only, as a migration may have restricted the app to them.
				{ [app]: appPrivileges.TABLES.filter((privilege) => !appHas.includes(privilege)) },
			),
		),
		...types.flatMap(({ name, grants }) =>
			revokeFromOthers(settings, { label: `type ${name}`, target: `TYPE ${name}`, owner, grants }, [null], {
				[app]: grants.some(({ grantee }) => grantee === null) ? [] : typeRights,
			}),
		),
	];
}

/**
 * Leaves out the grantees whose privileges bootstrap plans. The others may have what is `allowed` to them, and what the
 * settings list.
 */
function revokeFromOthers(
	{ grants: kept = [] }: DatabaseSettings,
	securable: Securable,
	planned: readonly Grantee[],
	allowed: Readonly<Record<string, readonly string[]>>,
): Excess[] {
	const grants = securable.grants.filter(
		(grant) => !planned.includes(grant.grantee) && !kept.includes(grantOf(securable, grant)),
	);
	const grantees = new Set(grants.map(({ grantee }) => grantee));
	return [...grantees].flatMap((grantee) =>
		revokeExcess({ ...securable, grants }, grantee, (grantee && allowed[grantee]) || []),
	);
}

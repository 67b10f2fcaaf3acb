import type { DatabaseSettings } from '../../settings/index.ts';
import { ledgerSchema } from '../migrations/ledger.ts';
import type { Step } from './change.ts';
import type { ObjectState } from './contents-state.ts';
import { addGrants, appPrivileges, ledgerPrivileges, type Securable, setGrants } from './grants.ts';

const nouns: Record<ObjectState['kind'], string> = {
	TABLES: 'table',
	SEQUENCES: 'sequence',
	FUNCTIONS: 'routine',
};

/**
 * The privileges on an existing object, which may be older than the default privileges. `hidden`: it is in a
 * schema that the app may not use.
 */
export function planObject(
	object: ObjectState,
	{ owner, app }: DatabaseSettings,
	{ hidden }: { readonly hidden: boolean },
): Step[] {
	const securable = securableOfObject(object, owner);
	return [...setGrants(securable, null, []), ...planApp(object, securable, app.username, hidden)];
}

export function securableOfObject({ kind, name, grants }: ObjectState, owner: string): Securable {
	const noun = nouns[kind];
	return { label: `${noun} ${name}`, target: `${noun.toUpperCase()} ${name}`, owner, grants };
}

function planApp(object: ObjectState, securable: Securable, app: string, hidden: boolean): Step[] {
	const { schema, kind } = object;
	if (schema === ledgerSchema) return setGrants(securable, app, ledgerPrivileges[kind]);
	return !hidden && neverGranted(object, app) ? addGrants(securable, app, appPrivileges[kind]) : [];
}

/**
 * A migration may revoke some of the app's default privileges: for an append-only table, a hidden column, a
 * function that the app must not call. That is left alone. A table on which the app has no privilege at all
 * was created before bootstrap, or lost its grants later. A function starts out executable by PUBLIC; if
 * neither PUBLIC nor the app may call it, that was revoked on purpose.
 */
function neverGranted({ kind, grants, columnGrants }: ObjectState, app: string): boolean {
	const has = (grantee: string | null) => grants.some((grant) => grant.grantee === grantee);
	if (has(app) || columnGrants) return false;
	return kind !== 'FUNCTIONS' || has(null);
}

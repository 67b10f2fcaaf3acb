import type { DatabaseSettings } from '../../settings/index.ts';
import { ledgerSchema } from '../migrations/ledger.ts';
import type { Step } from './change.ts';
import type { ObjectState } from './contents-state.ts';
import { addGrants, appRights, ledgerRights, type Securable, setGrants } from './grants.ts';

const nouns: Record<ObjectState['kind'], string> = {
	TABLES: 'table',
	SEQUENCES: 'sequence',
	FUNCTIONS: 'routine',
};

/**
 * The privileges on an object that is there already, perhaps since before the default privileges. `hidden`: it is in a
 * schema that the app may not use.
 */
export function planObject(
	object: ObjectState,
	{ app }: DatabaseSettings,
	{ hidden }: { readonly hidden: boolean },
): Step[] {
	const noun = nouns[object.kind];
	const securable: Securable = {
		label: `${noun} ${object.name}`,
		target: `${noun.toUpperCase()} ${object.name}`,
		grants: object.grants,
	};
	return [...setGrants(securable, null, []), ...planApp(object, securable, app.username, hidden)];
}

function planApp(object: ObjectState, securable: Securable, app: string, hidden: boolean): Step[] {
	const { schema, kind } = object;
	if (schema === ledgerSchema) return setGrants(securable, app, ledgerRights[kind]);
	return !hidden && wasPassedOver(object, app) ? addGrants(securable, app, appRights[kind]) : [];
}

/**
 * A migration may leave the app less than the default privileges gave it: an append-only table, a column to hide, a
 * function that it must not call. That is left alone. A table that the app has nothing at all of was made before
 * bootstrap, or lost its grants on the way. A function is everybody's at first, and so the app's; one that is neither
 * was taken away on purpose.
 */
function wasPassedOver({ kind, grants, columnGrants }: ObjectState, app: string): boolean {
	const has = (grantee: string | null) => grants.some((grant) => grant.grantee === grantee);
	if (has(app) || columnGrants) return false;
	return kind !== 'FUNCTIONS' || has(null);
}

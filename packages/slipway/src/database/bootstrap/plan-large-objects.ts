import type { DatabaseSettings } from '../../settings/index.ts';
import type { Step } from './change.ts';
import type { ContentsState } from './contents-state.ts';
import {
	creatorRights,
	creatorsOfLargeObjects,
	type Grant,
	type Grantee,
	type Securable,
	setGrants,
} from './grants.ts';
import type { AdminState } from './server-state.ts';

/**
 * Only the owner may create large objects, which belong to their creator and to no schema. The functions are
 * PostgreSQL's: an admin that is no superuser can neither grant nor revoke them.
 */
export function planLargeObjects(
	{ largeObjectCreators: { everybody, owner: granted } }: ContentsState,
	admin: AdminState,
	{ owner }: DatabaseSettings,
): Step[] {
	if (!admin.superuser) return [];
	const securable: Securable = {
		label: 'the functions that create large objects',
		target: `FUNCTION ${creatorsOfLargeObjects.join(', ')}`,
		actor: 'admin',
		grants: [...(everybody ? [execute(null)] : []), ...(granted ? [execute(owner)] : [])],
	};
	return [...setGrants(securable, null, []), ...setGrants(securable, owner, creatorRights)];
}

function execute(grantee: Grantee): Grant {
	return { grantee, privilege: 'EXECUTE', grantable: false };
}

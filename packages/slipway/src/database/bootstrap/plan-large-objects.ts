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
 * Only the owner may create large objects, because they belong to their creator and to no schema. The
 * functions are PostgreSQL's own: an admin who is not a superuser can neither grant nor revoke EXECUTE on
 * them.
 */
export function planLargeObjects(
	{ largeObjectCreators }: ContentsState,
	admin: AdminState,
	{ owner }: DatabaseSettings,
): Step[] {
	if (!admin.superuser) return [];
	const securable: Securable = {
		label: 'the functions that create large objects',
		target: `FUNCTION ${creatorsOfLargeObjects.join(', ')}`,
		actor: 'admin',
		grants: [
			...(largeObjectCreators.public ? [execute(null)] : []),
			...(largeObjectCreators.owner ? [execute(owner)] : []),
		],
	};
	return [...setGrants(securable, null, []), ...setGrants(securable, owner, creatorRights)];
}

function execute(grantee: Grantee): Grant {
	return { grantee, privilege: 'EXECUTE', grantable: false };
}

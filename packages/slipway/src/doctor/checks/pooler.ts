import { withExclusiveClient } from '../../connection/index.ts';
import { hasCode, SlipwayError } from '../../errors.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, fromError, ok } from '../finding.ts';
import { quick, type Server } from '../servers.ts';

/** Whether bootstrap and migrations would get a session of their own, or a pooler's. */
export async function checkPooler({ servers }: DoctorContext): Promise<Finding[]> {
	const named = (await servers).filter(({ dedicated }) => !dedicated);
	return (await Promise.all(named.map(lookThrough))).flat();
}

async function lookThrough({ name, migrator }: Server): Promise<Finding[]> {
	try {
		await withExclusiveClient(migrator, async () => {}, quick);
		return [ok(`migrations get a session of their own on ${name(migrator)}`)];
	} catch (thrown) {
		if (hasCode(thrown, 'session-shared')) return [fromError(thrown)];
		if (thrown instanceof SlipwayError) return []; // The check `passwords` reports it.
		throw thrown;
	}
}

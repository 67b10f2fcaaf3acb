import { whyUnpacked } from '../../postgres/index.ts';
import { type Finding, fromError, ok } from '../finding.ts';

/** Reports how temporary servers get their files. Both ways work; with much data, unpacking takes longer. */
export async function checkSnapshots(): Promise<Finding[]> {
	try {
		const reason = await whyUnpacked();
		if (reason === undefined) return [ok('servers mount their snapshot (overlayfs)')];
		return [ok(`each server unpacks its snapshot, since it cannot be mounted here (${reason})`)];
	} catch (error) {
		return [fromError(error, 'warning')];
	}
}

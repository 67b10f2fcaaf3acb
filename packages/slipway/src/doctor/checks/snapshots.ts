import { snapshotWay } from '../../postgres/index.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, fromError, ok } from '../finding.ts';

/** Reports how temporary servers get their files. All ways work; with much data, unpacking takes longer. */
export async function checkSnapshots({ root }: DoctorContext): Promise<Finding[]> {
	try {
		const { way, reason } = await snapshotWay(root);
		if (reason === undefined) return [ok('servers mount their snapshot (overlayfs)')];
		const how =
			way === 'clone' ? 'servers clone their snapshot (reflinks)' : 'each server unpacks its snapshot';
		return [ok(`${how}, since it cannot be mounted here (${reason})`)];
	} catch (error) {
		return [fromError(error, 'warning')];
	}
}

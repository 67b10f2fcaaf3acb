import { existsSync } from 'node:fs';
import { serverFiles } from '../../dev/index.ts';
import { hasCode } from '../../errors.ts';
import { checkCluster, findBinaries } from '../../postgres/index.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, fromError, ok } from '../finding.ts';

export function checkEmbedded({ root }: DoctorContext): Finding[] {
	const directory = serverFiles(root, 'embedded');
	try {
		checkCluster(directory, findBinaries().major);
	} catch (error) {
		if (hasCode(error, 'no-binaries')) return []; // The check `packages` reports it.
		return [fromError(error)];
	}
	return [ok(existsSync(directory) ? 'npx slipway dev can use its data' : 'npx slipway dev has no data yet')];
}

import { existsSync } from 'node:fs';
import { serverFiles } from '../../dev/index.ts';
import { hasCode } from '../../errors.ts';
import { checkCluster, findBinaries } from '../../postgres/index.ts';
import { type Finding, fromFault, ok } from '../finding.ts';
import type { Site } from '../site.ts';

export function checkEmbedded({ root }: Site): Finding[] {
	const directory = serverFiles(root, 'embedded');
	try {
		checkCluster(directory, findBinaries().major);
	} catch (fault) {
		if (hasCode(fault, 'no-binaries')) return []; // The check of the packages tells.
		return [fromFault(fault)];
	}
	return [ok(existsSync(directory) ? 'scripts/dev can use its data' : 'scripts/dev has no data yet')];
}

import { existsSync } from 'node:fs';
import { serverFiles } from '../../dev/index.ts';
import { hasCode, SlipwayError } from '../../errors.ts';
import { checkCluster, clusterIn, fixPermissions } from '../../postgres/index.ts';
import { defaultVersion } from '../../postgres-versions.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, fromError, ok } from '../finding.ts';

export function checkEmbedded({ root, settings }: DoctorContext): Finding[] {
	const directory = serverFiles(root, 'embedded');
	const { version = defaultVersion } = settings instanceof SlipwayError ? {} : settings;
	try {
		checkCluster(directory, version);
	} catch (error) {
		const finding = fromError(error);
		if (!hasCode(error, 'data-directory-permissions')) return [finding];
		return [{ ...finding, repair: () => fixPermissions(clusterIn(directory)) }];
	}
	return [ok(existsSync(directory) ? 'npx slipway dev can use its data' : 'npx slipway dev has no data yet')];
}

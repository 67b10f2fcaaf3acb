import { checkBootstrap } from './checks/bootstrap.ts';
import { checkDisk } from './checks/disk.ts';
import { checkDocker } from './checks/docker.ts';
import { checkEmbedded } from './checks/embedded.ts';
import { checkFiles } from './checks/files.ts';
import { checkImage } from './checks/image.ts';
import { checkPackages } from './checks/packages.ts';
import { checkPasswords } from './checks/passwords.ts';
import { checkPorts } from './checks/ports.ts';
import { checkProject } from './checks/project.ts';
import { checkSettings } from './checks/settings.ts';
import { checkSnapshots } from './checks/snapshots.ts';
import { checkVolume } from './checks/volume.ts';
import { type DoctorContext, type DoctorOptions, readContext } from './context.ts';
import type { Finding } from './finding.ts';

/** Looks for one kind of problem and changes nothing. */
type Check = (context: DoctorContext) => Finding[] | Promise<Finding[]>;

const checks: Record<string, Check> = {
	settings: checkSettings,
	packages: checkPackages,
	files: checkFiles,
	disk: checkDisk,
	'embedded data': checkEmbedded,
	snapshots: checkSnapshots,
	docker: checkDocker,
	image: checkImage,
	project: checkProject,
	volume: checkVolume,
	ports: checkPorts,
	passwords: checkPasswords,
	bootstrap: checkBootstrap,
};

export interface Diagnosis extends Finding {
	/** The name of the check. */
	readonly check: string;
}

/** Checks this machine and project, and changes nothing. Findings include what is in order. */
export async function examine(options: DoctorOptions): Promise<readonly Diagnosis[]> {
	const context = await readContext(options);
	const findings = await Promise.all(
		Object.entries(checks).map(async ([name, check]) =>
			(await check(context)).map((finding) => ({ check: name, ...finding })),
		),
	);
	return findings.flat();
}

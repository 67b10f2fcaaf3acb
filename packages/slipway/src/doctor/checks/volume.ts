import type { Docker } from '../../stack/index.ts';
import { volumeError } from '../../stack/index.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, fromError, ok, warning } from '../finding.ts';

export async function checkVolume({ docker, ...context }: DoctorContext): Promise<Finding[]> {
	const stack = await context.stack;
	if (stack === undefined) return [];
	const { volume, image, project, containers } = stack;
	const usable = ok(`docker compose can use the data in ${volume}`);
	// Saves starting a container, which takes most of a second.
	if (containers.some((each) => each.project === project && each.service === 'db')) return [usable];
	const { done } = await docker('volume', 'inspect', volume);
	if (!done) return [ok('docker compose has no data yet')];
	const entries = await listVolume(docker, volume, [image, `${project}-preflight`]);
	if (entries === undefined)
		return [
			warning(
				`the volume ${volume} could not be inspected`,
				`Inspecting it needs the image: docker pull ${image}`,
			),
		];
	const error = volumeError({ name: volume, image, entries });
	return [error === undefined ? usable : fromError(error)];
}

/** Only a container can read a volume on every system. This one cannot write, has no network, and is removed. */
async function listVolume(
	docker: Docker,
	volume: string,
	images: readonly string[],
): Promise<string[] | undefined> {
	const mount = `type=volume,src=${volume},dst=/volume,readonly,volume-nocopy`;
	const limits = [
		'--rm',
		'--pull=never',
		'--network=none',
		'--read-only',
		'--user=0',
		'--label=dev.slipway.kind=doctor',
	];
	for (const image of images) {
		const { done, stdout } = await docker(
			'run',
			...limits,
			`--mount=${mount}`,
			'--entrypoint=ls',
			image,
			'/volume',
		);
		if (done) return stdout.split('\n').filter((name) => name !== '');
	}
	return undefined;
}

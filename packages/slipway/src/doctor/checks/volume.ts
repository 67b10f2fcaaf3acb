import { volumeFault } from '../../stack/index.ts';
import type { Docker } from '../docker.ts';
import { type Finding, fromFault, ok, warning } from '../finding.ts';
import type { Site } from '../site.ts';

export async function checkVolume({ docker, stack }: Site): Promise<Finding[]> {
	if (stack === undefined) return [];
	const { volume, image, project } = stack;
	const { done } = await docker('volume', 'inspect', volume);
	if (!done) return [ok('docker compose has no data yet')];
	const entries = await listVolume(docker, volume, [image, `${project}-preflight`]);
	if (entries === undefined)
		return [
			warning(`the volume ${volume} cannot be looked into`, `Pull the image for that: docker pull ${image}`),
		];
	const fault = volumeFault({ name: volume, image, entries });
	return [fault === undefined ? ok(`docker compose can use the data of ${volume}`) : fromFault(fault)];
}

/** Only a container sees it on every system. It cannot write, has no network, and is removed. */
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

import { SlipwayError } from '../../errors.ts';
import { reportsNoSpace } from '../file-errors.ts';
import type { Engine } from './engine.ts';
import { home } from './home.ts';
import { serverLabels } from './labels.ts';

/** Runs a shell script in a folder that is the volume, as the image's user "postgres". Resolves with its output. */
export async function runInVolume(
	{ docker }: Engine,
	image: string,
	volume: string,
	script: string,
): Promise<string> {
	const container = await docker.createContainer({
		Image: image,
		Labels: serverLabels(),
		User: 'postgres',
		WorkingDir: home,
		Entrypoint: ['/bin/sh', '-ec', script],
		Cmd: [],
		NetworkDisabled: true,
		Tty: true, // Its output is one stream.
		HostConfig: { Binds: [`${volume}:${home}`] },
	});
	try {
		await container.start();
		const { StatusCode } = await container.wait();
		const output = (await container.logs({ stdout: true, stderr: true })).toString();
		if (StatusCode === 0) return output;
		if (reportsNoSpace(output))
			throw new SlipwayError(
				'no-space',
				`no space is left on the engine's disk for the volume ${volume}: ${output.trim()}`,
				'Free some space there, then try again.',
			);
		throw new SlipwayError(
			'volume-unusable',
			`the files in the volume ${volume} cannot be changed: ${output.trim()}`,
			'Fix what it reports, then try again.',
		);
	} finally {
		await container.remove({ force: true, v: true });
	}
}

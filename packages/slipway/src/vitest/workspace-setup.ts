import { resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { resolveMigrations } from '../config/index.ts';
import { resolveSeed } from './check-options.ts';
import { provideServers } from './plugin.ts';
import type { SlipwayOptions } from './plugin-options.ts';

declare module 'vitest' {
	interface ProvidedContext {
		/** The options of the plugin in a workspace's configuration. */
		readonly slipwayDefaults: SlipwayOptions;
	}
}

/**
 * A vitest global setup for the projects of a workspace whose own configurations do not have the plugin.
 * Relative paths in the options start at the workspace's root.
 */
export async function setup(workspace: TestProject): Promise<void> {
	const { slipwayDefaults: options = {} } = workspace.getProvidedContext();
	const { root } = workspace.config;
	for (const project of workspace.vitest.projects) {
		if (project.getProvidedContext().slipway !== undefined) continue;
		await provideServers(workspace.vitest, project, {
			...options,
			...(options.migrations && { migrations: resolveMigrations(root, options.migrations) }),
			...(typeof options.snapshots === 'string' && { snapshots: resolve(root, options.snapshots) }),
			...(options.seed !== undefined && {
				seed: [options.seed].flat().map((seed) => resolveSeed(root, seed)),
			}),
		});
	}
}

import type { TestProject } from 'vitest/node';
import { withAbsolutePaths } from '../start-options.ts';
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
		await provideServers(workspace.vitest, project, withAbsolutePaths(options, root));
	}
}

import { extname, join } from 'node:path';
import type { TestProject, Vitest } from 'vitest/node';

const setupFile = join(import.meta.dirname, `environment-setup${extname(import.meta.filename)}`);

/** Sets the variables `urls` before each test file of `project`, and before the project's own setup files. */
export function addSetupFile(vitest: Vitest, { config, name }: TestProject, urls: readonly string[]): void {
	// Nothing can reach a server from a browser.
	if (config.browser?.enabled || config.setupFiles.includes(setupFile)) return;
	config.setupFiles.unshift(setupFile);
	// The default is to run them at the same time, and they may import the application. vitest 3 and 4 read the option
	// from the workspace.
	config.sequence.setupFiles = 'list';
	vitest.config.sequence.setupFiles = 'list';
	const overridden = urls.filter((url) => config.env?.[url] !== undefined);
	if (overridden.length === 0) return;
	const where = name === '' ? '' : ` of the project ${name}`;
	vitest.logger.warn(
		`slipway: ${overridden.join(', ')} in test.env${where} is ignored: each test file gets a server of its own there.\n` +
			'  Remove it from test.env. To use it instead: slipway({ url: false })',
	);
}

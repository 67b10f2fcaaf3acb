import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { SlipwayError } from '../src/errors.ts';
import {
	type Choice,
	chooseProvider,
	connectEngine,
	removeLeftovers,
	removeLostImages,
} from '../src/postgres/index.ts';
import type { OwnProvider } from '../src/provider-names.ts';
import { parseSettings } from '../src/settings/index.ts';
import { makeDirectory } from './helpers/temporary-directory.ts';

declare module 'vitest' {
	export interface ProvidedContext {
		/** The provider for tests that work with any. */
		readonly postgres: { readonly provider: OwnProvider; readonly image: string };
		/** Whether container tests can run. */
		readonly hasEngine: boolean;
		/** A folder for what test files share, removed after the run. */
		readonly runFolder: string;
	}
}

/** Milliseconds to wait for a busy container engine. */
const timeout = 60_000;

/** Chooses the provider for this run, and prints it. Resolves with the teardown. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
	const { SLIPWAY_POSTGRES, POSTGRES_IMAGE } = process.env;
	const { provider: setting, image } = parseSettings({ SLIPWAY_POSTGRES, POSTGRES_IMAGE });
	const found = await chooseProvider({ image, timeout });
	const hasEngine = found.provider === 'container';
	if (hasEngine)
		await removeLeftovers(await connectEngine()); // of killed runs
	else skipContainers(found, setting === 'container');
	const { provider, because } = await chooseProvider({ setting: ownProvider(setting), image, timeout });
	process.stderr.write(`PostgreSQL for the tests: ${provider}, because ${because}\n`);
	provide('postgres', { provider, image });
	provide('hasEngine', hasEngine);
	const runFolder = makeDirectory(tmpdir());
	provide('runFolder', runFolder.path);
	// Tests start hundreds of processes, most of which load the same modules.
	process.env.NODE_COMPILE_CACHE ??= join(runFolder.path, 'compiled');
	return async () => {
		runFolder[Symbol.dispose]();
		// The tests have removed their snapshot folders by now, so their images are no longer referenced.
		if (hasEngine) await removeLostImages(await connectEngine());
	};
}

/** In CI, a missing prerequisite is a failure. */
function skipContainers({ because }: Choice, required: boolean): void {
	if (process.env.CI || required)
		throw new SlipwayError('no-engine', because, 'Start a container engine: these tests require one.');
	process.stderr.write(`container tests skipped: ${because}\n`);
}

function ownProvider(setting: OwnProvider | 'external' | undefined): OwnProvider | undefined {
	if (setting !== 'external') return setting;
	throw new SlipwayError(
		'no-external-tests',
		'SLIPWAY_POSTGRES is "external", but these tests start their own servers',
		'Set it to embedded or container, or unset it.',
	);
}

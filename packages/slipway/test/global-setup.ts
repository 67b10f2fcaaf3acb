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

declare module 'vitest' {
	export interface ProvidedContext {
		/** Where the servers come from of tests to which it does not matter. */
		readonly postgres: { readonly provider: OwnProvider; readonly image: string };
		/** Whether the tests of servers in containers can run. */
		readonly hasEngine: boolean;
	}
}

/** Chooses where the servers of this run come from, and says so. Resolves with what ends the run. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
	const { SLIPWAY_POSTGRES, POSTGRES_IMAGE } = process.env;
	const { provider: setting, image } = parseSettings({ SLIPWAY_POSTGRES, POSTGRES_IMAGE });
	const found = await chooseProvider({ image });
	const hasEngine = found.provider === 'container';
	if (hasEngine)
		await removeLeftovers(await connectEngine()); // stacks of killed runs
	else skipContainers(found, setting === 'container');
	const { provider, because } = await chooseProvider({ setting: ownProvider(setting), image });
	process.stderr.write(`PostgreSQL for the tests: ${provider}, because ${because}\n`);
	provide('postgres', { provider, image });
	provide('hasEngine', hasEngine);
	return async () => {
		// The tests' folders with snapshots are gone by now.
		if (hasEngine) await removeLostImages(await connectEngine());
	};
}

/** Under CI a missing prerequisite is a failure. */
function skipContainers({ because }: Choice, areWanted: boolean): void {
	if (process.env.CI || areWanted)
		throw new SlipwayError('no-engine', because, 'Start a container engine: the tests need one here.');
	process.stderr.write(`the tests of servers in containers are skipped: ${because}\n`);
}

function ownProvider(setting: OwnProvider | 'external' | undefined): OwnProvider | undefined {
	if (setting !== 'external') return setting;
	throw new SlipwayError(
		'no-external-tests',
		'SLIPWAY_POSTGRES=external: the tests start servers of their own',
		'Set SLIPWAY_POSTGRES to embedded or container, or unset it.',
	);
}

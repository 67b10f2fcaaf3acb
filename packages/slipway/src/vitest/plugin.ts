import { resolve } from 'node:path';
import type { VitestPluginContext } from 'vitest/node';
import { loadConfig } from '../config/index.ts';
import { removeKeptFolders, snapshotFolder } from '../postgres/index.ts';
import { type Broker, startBroker } from '../standby/index.ts';
import { inputsOf, optionsFromConfig, optionsFromEnvironment } from '../start-options.ts';
import { startPostgres } from '../start-postgres.ts';
import { checkPostgresOptions, keepsFailed, type PostgresOptions } from './check-options.ts';
import { asTestFault } from './faults.ts';
import { KeptDatabases } from './kept.ts';
import { watchInputs } from './watch-inputs.ts';

export interface SlipwayPlugin {
	readonly name: string;
	config(config: { test?: { testTimeout?: number } }): { test: { testTimeout: number } } | undefined;
	configureVitest(context: VitestPluginContext): Promise<void>;
}

/** The first test waits for the first server, and a test's time limit is 5 s where nobody says otherwise. */
const testTimeout = 30_000;

/** The most that a timer takes, in milliseconds: 24 days. */
const longestTimeout = 2 ** 31 - 1;

/** What the projects of a workspace share. */
interface Shared {
	readonly broker: Broker;
	readonly watch: (inputs: readonly string[]) => void;
}

const shared = new WeakMap<object, Promise<Shared>>();

/**
 * The plugin for vitest's configuration that has the next module's server started while a module runs. `defaults` are
 * for all modules of the project, before what SLIPWAY_POSTGRES and POSTGRES_IMAGE say. Nothing is started before the first
 * test asks. Throws `invalid-options` and `invalid-settings`.
 */
export function slipway(options: PostgresOptions = {}): SlipwayPlugin {
	checkPostgresOptions(options);
	const fromEnvironment = environmentOptions();
	return {
		name: 'slipway',
		config: ({ test }) => (test?.testTimeout === undefined ? { test: { testTimeout } } : undefined),
		async configureVitest({ vitest, project }) {
			const opening = shared.get(vitest) ?? openShared(vitest);
			shared.set(vitest, opening);
			const { broker, watch } = await opening;
			const { root } = project.config;
			const defaults = {
				...optionsFromConfig(await loadConfig(root)),
				// Of the project, wherever vitest was started.
				snapshots: snapshotFolder(root),
				...fromEnvironment,
				...options,
			};
			project.provide('slipway', { address: broker.address, root, defaults });
			if (defaults.migrations) watch([resolve(root, defaults.migrations)]);
		},
	};
}

function environmentOptions(): PostgresOptions {
	try {
		return optionsFromEnvironment(process.env);
	} catch (error) {
		throw asTestFault(error);
	}
}

async function openShared(vitest: VitestPluginContext['vitest']): Promise<Shared> {
	const keeping = keepsFailed(process.env);
	await removeKeptFolders();
	const kept = new KeptDatabases();
	const watch = watchInputs(vitest);
	const broker = await startBroker({
		inputs(options) {
			const inputs = inputsOf(options);
			watch(inputs);
			return inputs;
		},
		start: startPostgres,
		onKept: (connection) => kept.add(connection),
	});
	vitest.onTestsRerun(async () => {
		if (keeping) return;
		kept[Symbol.dispose]();
		await broker.endKept();
	});
	if (keeping) vitest.config.teardownTimeout = longestTimeout;
	vitest.onClose(async () => {
		if (keeping && !vitest.config.watch) await kept.untilInterrupted();
		await broker[Symbol.asyncDispose]();
		kept[Symbol.dispose]();
	});
	return { broker, watch };
}

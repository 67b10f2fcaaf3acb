import { resolve } from 'node:path';
import type { VitestPluginContext } from 'vitest/node';
import { type Broker, startBroker } from '../standby/index.ts';
import { startPostgres } from '../start-postgres.ts';
import { KeptDatabases } from './kept.ts';
import type { PostgresOptions } from './options.ts';

export interface SlipwayPlugin {
	readonly name: string;
	config(config: { test?: { testTimeout?: number } }): { test: { testTimeout: number } } | undefined;
	configureVitest(context: VitestPluginContext): Promise<void>;
}

/** The first test waits for the first server, and a test's time limit is 5 s where nobody says otherwise. */
const testTimeout = 30_000;

/** The most that a timer takes, in milliseconds: 24 days. */
const longestTimeout = 2 ** 31 - 1;

const brokers = new WeakMap<object, Promise<Broker>>();

/**
 * The plugin for vitest's configuration that has the next module's server started while a module runs. `defaults` are
 * for all modules of the project. Nothing is started before the first test asks.
 */
export function slipway(defaults: PostgresOptions = {}): SlipwayPlugin {
	return {
		name: 'slipway',
		config: ({ test }) => (test?.testTimeout === undefined ? { test: { testTimeout } } : undefined),
		async configureVitest({ vitest, project }) {
			const broker = brokers.get(vitest) ?? openBroker(vitest);
			brokers.set(vitest, broker);
			const { address } = await broker;
			const { root } = project.config;
			project.provide('slipway', { address, root, defaults });
			vitest.config.forceRerunTriggers.push(`${resolve(root, defaults.migrations ?? 'migrations')}/**`);
		},
	};
}

/** One for all projects of a workspace. */
async function openBroker(vitest: VitestPluginContext['vitest']): Promise<Broker> {
	const kept = new KeptDatabases();
	const broker = await startBroker({
		start: startPostgres,
		onKept: (connection) => kept.add(connection),
	});
	const keeping = process.env.SLIPWAY_KEEP === 'failed';
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
	return broker;
}

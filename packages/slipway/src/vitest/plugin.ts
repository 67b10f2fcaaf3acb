import { extname, join, resolve } from 'node:path';
import type { TestProject, Vitest, VitestPluginContext } from 'vitest/node';
import { loadConfig, type ResolvedConfig } from '../config/index.ts';
import { removeKeptFolders, snapshotFolder } from '../postgres/index.ts';
import { type Broker, startBroker } from '../standby/index.ts';
import { inputsOf, optionsFromConfig, optionsFromEnvironment } from '../start-options.ts';
import { startPrepared } from '../start-postgres.ts';
import { checkPostgresOptions, keepsFailed, type PostgresOptions } from './check-options.ts';
import { asTestFault } from './faults.ts';
import { KeptDatabases } from './kept.ts';
import { warnOfNoMigrations } from './no-migrations.ts';
import { watchInputs } from './watch-inputs.ts';

export interface SlipwayPlugin {
	readonly name: string;
	config(config: { test?: GivenConfig }): { test: AddedConfig };
	configureVitest(context: VitestPluginContext): Promise<void>;
}

interface GivenConfig {
	readonly testTimeout?: number;
	readonly projects?: readonly unknown[];
}

interface AddedConfig {
	readonly testTimeout?: number;
	readonly globalSetup?: string[];
	readonly provide?: { readonly slipwayDefaults: PostgresOptions };
}

/** The first test waits for the first server, and a test's time limit is 5 s where nobody says otherwise. */
const testTimeout = 30_000;

/** The most that a timer takes, in milliseconds: 24 days. */
const longestTimeout = 2 ** 31 - 1;

/** What the projects of a workspace share. */
interface Shared {
	readonly broker: Broker;
	readonly watch: (inputs: readonly string[]) => void;
	/** Where the projects have their migrations. */
	readonly folders: Set<string>;
}

const shared = new WeakMap<object, Promise<Shared>>();

/**
 * The plugin for vitest's configuration that has the next module's server started while a module runs. `defaults` are
 * for all modules of the project, before what SLIPWAY_POSTGRES and POSTGRES_IMAGE say. Nothing is started before the first
 * test asks. Throws `invalid-options` and `invalid-settings`.
 */
export function slipway(options: PostgresOptions = {}): SlipwayPlugin {
	checkPostgresOptions(options);
	const given = { ...environmentOptions(), ...options };
	return {
		name: 'slipway',
		config: ({ test = {} }) => ({
			test: {
				...(test.testTimeout === undefined && { testTimeout }),
				// vitest has no hook for a plugin in the configuration of a workspace: only for those of its projects.
				...(test.projects && { globalSetup: [setupOfWorkspace], provide: { slipwayDefaults: given } }),
			},
		}),
		configureVitest: ({ vitest, project }) => provideServers(vitest, project, given),
	};
}

function environmentOptions(): PostgresOptions {
	try {
		return optionsFromEnvironment(process.env);
	} catch (error) {
		throw asTestFault(error);
	}
}

const setupOfWorkspace = join(import.meta.dirname, `workspace-setup${extname(import.meta.filename)}`);

/** Has the tests of `project` get their servers from this process. `given` wins over the project's configuration. */
export async function provideServers(
	vitest: Vitest,
	project: TestProject,
	given: PostgresOptions,
): Promise<void> {
	const opening = shared.get(vitest) ?? openShared(vitest);
	shared.set(vitest, opening);
	const { broker, watch, folders } = await opening;
	const { root } = project.config;
	const defaults = {
		...optionsFromConfig(await configOf(root, vitest.config.root)),
		// Of the project, wherever vitest was started.
		snapshots: snapshotFolder(root),
		...given,
	};
	project.provide('slipway', { address: broker.address, root, defaults });
	const { migrations = join(root, 'migrations') } = defaults;
	if (migrations === false) return;
	folders.add(resolve(root, migrations));
	watch([resolve(root, migrations)]);
}

/** A project that says nothing of migrations and has no folder of them has those of the workspace. */
async function configOf(root: string, workspace: string): Promise<ResolvedConfig> {
	const own = await loadConfig(root);
	if (own.migrationsToApply !== undefined || root === workspace) return own;
	const { migrationsToApply } = await loadConfig(workspace);
	return { ...own, migrationsToApply };
}

async function openShared(vitest: Vitest): Promise<Shared> {
	const keeping = keepsFailed(process.env);
	await removeKeptFolders();
	const kept = new KeptDatabases();
	const watch = watchInputs(vitest);
	const folders = new Set<string>();
	const warn = warnOfNoMigrations(folders, (text) => vitest.logger.warn(text));
	const broker = await startBroker({
		inputs(options) {
			const inputs = inputsOf(options);
			watch(inputs);
			warn(options);
			return inputs;
		},
		start: startPrepared,
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
	return { broker, watch, folders };
}

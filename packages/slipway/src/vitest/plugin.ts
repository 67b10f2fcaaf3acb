import { extname, join } from 'node:path';
import type { TestProject, Vitest, VitestPluginContext } from 'vitest/node';
import { loadConfig, type ResolvedConfig, resolveMigrations } from '../config/index.ts';
import { migrationSource } from '../migration-sources/index.ts';
import { removeKeptFolders, snapshotFolder } from '../postgres/index.ts';
import { type Broker, startBroker } from '../server-pool/index.ts';
import {
	inputFilesOf,
	inputPatternsOf,
	optionsFromEnvironment,
	testOptionsFromConfig,
} from '../start-options.ts';
import { type PostgresOptions, shouldKeepFailed } from './check-options.ts';
import { DatabaseHosts } from './database-hosts.ts';
import { denialReporter } from './denial-reporter.ts';
import { KeptDatabases } from './kept-databases.ts';
import { warnOfNoMigrations } from './no-migrations.ts';
import { checkPluginOptions, type SlipwayOptions, splitOptions } from './plugin-options.ts';
import { addSetupFile } from './setup-file.ts';
import { asTestError } from './test-error.ts';
import { checkVitestVersion } from './vitest-version.ts';
import { watchInputs } from './watch-inputs.ts';

export type { SlipwayOptions };

export interface SlipwayPlugin {
	readonly name: string;
	config(config: { test?: GivenConfig }): { test: AddedConfig };
	configureVitest(context: VitestPluginContext): Promise<void>;
}

interface GivenConfig {
	readonly testTimeout?: number;
	readonly hookTimeout?: number;
	readonly projects?: readonly unknown[];
}

interface AddedConfig {
	readonly testTimeout?: number;
	readonly hookTimeout?: number;
	readonly globalSetup?: string[];
	readonly provide?: { readonly slipwayDefaults: SlipwayOptions };
}

/** The first test or hook also waits for the first server. vitest's 5 s and 10 s can be too short for that. */
const timeout = 30_000;

/** The longest delay of a timer, in milliseconds: 24 days. */
const longestTimeout = 2 ** 31 - 1;

/** Shared by the projects of a workspace. */
interface SharedState {
	readonly broker: Broker;
	readonly watch: (inputs: readonly string[]) => void;
	/** The migration folders of the projects. */
	readonly folders: Set<string>;
}

const shared = new WeakMap<object, Promise<SharedState>>();

/**
 * The vitest plugin. Each test file finds a server of its own in DATABASE_URL and PG* when it is imported. While one
 * test file runs, the plugin starts a server for the next. `options` apply to all test files of the project, and win
 * over SLIPWAY_POSTGRES and POSTGRES_IMAGE. Throws `invalid-options`, `invalid-settings` and `old-vitest`.
 */
export function slipway(options: SlipwayOptions = {}): SlipwayPlugin {
	checkVitestVersion();
	checkPluginOptions(options);
	const given = { ...environmentOptions(options), ...options };
	return {
		name: 'slipway',
		config: ({ test = {} }) => ({
			test: {
				...(test.testTimeout === undefined && { testTimeout: timeout }),
				...(test.hookTimeout === undefined && { hookTimeout: timeout }),
				// vitest calls configureVitest only for plugins of its projects, not for those of the workspace.
				...(test.projects && { globalSetup: [workspaceSetup], provide: { slipwayDefaults: given } }),
			},
		}),
		configureVitest: ({ vitest, project }) => provideServers(vitest, project, given),
	};
}

function environmentOptions({ provider }: SlipwayOptions): PostgresOptions {
	try {
		return optionsFromEnvironment(process.env, { provider });
	} catch (error) {
		throw asTestError(error);
	}
}

const workspaceSetup = join(import.meta.dirname, `workspace-setup${extname(import.meta.filename)}`);

/** Serves the tests of `project` from this process. `given` wins over the project's configuration. */
export async function provideServers(
	vitest: Vitest,
	project: TestProject,
	given: SlipwayOptions,
): Promise<void> {
	const [servers, environment] = splitOptions(given);
	const opening = shared.get(vitest) ?? openShared(vitest);
	shared.set(vitest, opening);
	const { broker, watch, folders } = await opening;
	const { root } = project.config;
	const defaults = {
		...testOptionsFromConfig(await configOf(root, vitest.config.root)),
		// The project's, wherever vitest was started.
		snapshots: snapshotFolder(root),
		...servers,
	};
	project.provide('slipway', {
		address: broker.address,
		root,
		defaults,
		keepsModules: !vitest.config.watch && keepsModules(project),
		environment,
	});
	if (environment !== undefined) addSetupFile(vitest, project, environment.urls);
	const { migrations = 'migrations' } = defaults;
	if (migrations === false) return;
	const resolved = resolveMigrations(root, migrations);
	if (typeof resolved === 'string') folders.add(resolved);
	watch(migrationSource(resolved).patterns);
}

const keepsModules = ({ config }: TestProject) =>
	config.isolate === false && ['forks', 'threads'].includes(config.pool);

/** A project without migrations of its own uses those of the workspace. */
async function configOf(root: string, workspace: string): Promise<ResolvedConfig> {
	const own = await loadConfig(root);
	if (own.migrationsToApply !== undefined || root === workspace) return own;
	const { migrationsToApply } = await loadConfig(workspace);
	return { ...own, migrationsToApply };
}

async function openShared(vitest: Vitest): Promise<SharedState> {
	const keepFailed = shouldKeepFailed(process.env);
	await removeKeptFolders();
	const kept = new KeptDatabases();
	const watch = watchInputs(vitest);
	const folders = new Set<string>();
	const warn = warnOfNoMigrations(folders, (text) => vitest.logger.warn(text));
	const hosts = new DatabaseHosts();
	const broker = await startBroker({
		inputs(options) {
			watch(inputPatternsOf(options));
			return inputFilesOf(options);
		},
		start: (options, context) => hosts.start(options, context),
		onKept: (connection) => kept.add(connection),
		onUsed: warn,
	});
	vitest.onTestsRerun(async () => {
		if (keepFailed) return;
		kept[Symbol.dispose]();
		await broker.stopKept();
	});
	vitest.config.reporters.unshift(denialReporter);
	if (keepFailed) vitest.config.teardownTimeout = longestTimeout;
	vitest.onClose(async () => {
		if (keepFailed && !vitest.config.watch) await kept.untilInterrupted();
		await broker[Symbol.asyncDispose]();
		await hosts[Symbol.asyncDispose]();
		kept[Symbol.dispose]();
	});
	return { broker, watch, folders };
}

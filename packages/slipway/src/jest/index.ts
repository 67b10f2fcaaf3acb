// CommonJS, because Jest loads environments with require(). The rest of the package is ES modules, which it imports.
import type { ClientSockets, FileServer, TestFileOptions } from '../test-files/index.ts' with {
	'resolution-mode': 'import',
};

const { createRequire } = require('node:module') as typeof import('node:module');
const { join } = require('node:path') as typeof import('node:path');

/**
 * The options in `testEnvironmentOptions`, or of one file in the comment `@jest-environment-options`: those of
 * `startPostgres`, and `url` and `login`. Relative paths start at `rootDir`.
 */
export type TestEnvironmentOptions = TestFileOptions;

interface EnvironmentConfig {
	readonly projectConfig: {
		readonly rootDir: string;
		readonly runner?: string;
		readonly testEnvironmentOptions: TestEnvironmentOptions;
	};
}

/** The part of jest-environment-node that is used here. */
interface JestEnvironment {
	readonly global: { readonly process: NodeJS.Process };
	setup(): Promise<void>;
	teardown(): Promise<void>;
}

/** The part of the events of jest-circus that is used here. A `beforeAll` that fails belongs to no test. */
interface JestEvent {
	readonly name: string;
	readonly error?: unknown;
	readonly test?: { readonly startedAt?: number | null };
}

type JestEnvironmentClass = new (config: EnvironmentConfig, context: unknown) => JestEnvironment;

/** Options of jest-environment-node itself. */
const jestOptions = ['customExportConditions', 'globalsCleanup'];

/** The package does not depend on Jest: the class to extend is the project's, and known with the configuration. */
function NodeEnvironment(this: unknown, { projectConfig, ...config }: EnvironmentConfig, context: unknown) {
	const Base = findNodeEnvironment(projectConfig);
	Object.setPrototypeOf(NodeEnvironment.prototype, Base.prototype);
	const [jest] = split(projectConfig.testEnvironmentOptions);
	const forJest = { ...config, projectConfig: { ...projectConfig, testEnvironmentOptions: jest } };
	return Reflect.construct(Base, [forJest, context], new.target ?? Base);
}

/** Jest's Node environment with a PostgreSQL server for the test file. */
class SlipwayEnvironment extends (NodeEnvironment as unknown as JestEnvironmentClass) {
	readonly #rootDir: string;
	readonly #options: TestEnvironmentOptions;
	readonly #startedAt = Date.now();
	#server: FileServer | undefined;
	#sockets: ClientSockets | undefined;

	constructor(config: EnvironmentConfig, context: unknown) {
		super(config, context);
		const { rootDir, testEnvironmentOptions } = config.projectConfig;
		this.#rootDir = rootDir;
		[, this.#options] = split(testEnvironmentOptions);
	}

	override async setup(): Promise<void> {
		await super.setup();
		const { shownError, startFileServer, watchClientSockets } = await import('../test-files/index.ts');
		this.#server = await startFileServer({
			options: this.#options,
			root: this.#rootDir,
			environments: [process.env, this.global.process.env],
			broker: process.env.SLIPWAY_BROKER ? JSON.parse(process.env.SLIPWAY_BROKER) : undefined,
			warn: (message) => process.emitWarning(message),
		}).catch((error: unknown) => {
			throw shownError(error);
		});
		if (this.#server === undefined) return;
		this.#sockets = watchClientSockets(this.#server.login.port);
		process.once('disconnect', this.#release);
	}

	/** Also when Jest's main process was killed: its workers run their test file to the end. */
	readonly #release = async () => {
		process.off('disconnect', this.#release);
		this.#sockets?.close();
		await this.#server?.[Symbol.asyncDispose]();
	};

	/** Jest calls it, and waits. It prints the errors later. */
	async handleTestEvent({ name, error, test }: JestEvent): Promise<void> {
		if (this.#server === undefined || (name !== 'test_fn_failure' && name !== 'hook_failure')) return;
		const { hintAtRefusals } = await import('../test-files/index.ts');
		await hintAtRefusals(this.#server, { errors: [error], since: test?.startedAt ?? this.#startedAt });
	}

	override async teardown(): Promise<void> {
		try {
			await this.#release();
		} finally {
			await super.teardown();
		}
	}
}

/** The options that are Jest's own, and those of the server. */
function split(options: TestEnvironmentOptions): [jest: object, server: TestEnvironmentOptions] {
	const all = Object.entries(options);
	const isOfJest = ([name]: readonly [string, unknown]) => jestOptions.includes(name);
	return [
		Object.fromEntries(all.filter(isOfJest)),
		Object.fromEntries(all.filter((each) => !isOfJest(each))),
	];
}

/** Found as Jest finds it: from the project, or else from Jest's own packages. */
function findNodeEnvironment({ rootDir, runner }: EnvironmentConfig['projectConfig']): JestEnvironmentClass {
	const name = 'jest-environment-node';
	for (const from of [join(rootDir, 'jest.config.js'), runner]) {
		try {
			if (from !== undefined) return createRequire(from)(name).TestEnvironment;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
		}
	}
	throw Object.assign(
		new Error(`the package ${name} was not found in ${rootDir}\nInstall it: npm install --save-dev ${name}`),
		{ code: 'no-jest-environment' },
	);
}

module.exports = SlipwayEnvironment;

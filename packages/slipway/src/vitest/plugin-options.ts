import { oneOf, type Shape } from '../config/index.ts';
import type { LoginRole } from '../settings/index.ts';
import { environmentShape } from '../test-files/index.ts';
import { checkPostgresOptions, type PostgresOptions } from './check-options.ts';

/** The options of the plugin: those of the servers, and how unchanged tests find theirs. */
export interface SlipwayOptions extends PostgresOptions, EnvironmentOptions {}

interface EnvironmentOptions {
	/**
	 * The variables that get the database's URL before a test file is imported; `false` for no server in the
	 * environment. Default: `DATABASE_URL`.
	 */
	readonly url?: string | readonly string[] | false;
	/** The role that the URL logs in as. Default: `app`. */
	readonly login?: LoginRole;
	/**
	 * Whether the URL leads to a server of the test file's own, or to a database of its own on a server that the files of
	 * a worker share. Default: `server`.
	 */
	readonly isolation?: 'server' | 'database';
}

/** What is set in the environment of a test file. */
export interface TestEnvironment {
	readonly urls: readonly string[];
	readonly login: LoginRole;
	readonly isolation: 'server' | 'database';
}

const shape: Shape<EnvironmentOptions> = { ...environmentShape, isolation: oneOf(['server', 'database']) };

/** Throws `invalid-options`. */
export function checkPluginOptions(options: SlipwayOptions): void {
	checkPostgresOptions(options, shape);
}

/** The options of the servers, and what is set in the environment; `undefined` for nothing. */
export function splitOptions({
	url = 'DATABASE_URL',
	login = 'app',
	isolation = 'server',
	...servers
}: SlipwayOptions): [PostgresOptions, TestEnvironment | undefined] {
	return [servers, url === false ? undefined : { urls: [url].flat(), login, isolation }];
}

import { type Kind, oneOf, type Shape } from '../config/index.ts';
import { type LoginRole, loginRoles } from '../settings/index.ts';
import {
	checkOptions,
	optionsFromEnvironment,
	type StartPostgresOptions,
	testOptionsFromConfig,
	withAbsolutePaths,
	withProjectDefaults,
} from '../start-options.ts';

/** The options of a test file's server. */
export interface TestFileOptions extends Omit<StartPostgresOptions, 'directory' | 'command'> {
	/** The variables that get the database's URL; `false` for no server. Default: `DATABASE_URL`. */
	readonly url?: string | readonly string[] | false;
	/** The role that the tests log in as. Default: `app`. */
	readonly login?: LoginRole;
}

const isName = (value: unknown) => typeof value === 'string' && /^\w+$/.test(value);
const urlKind: Kind = {
	name: 'a name of a variable, an array of names, or false',
	fits: (value) => value === false || [value].flat().every(isName),
};

/** The options that say what is set in the environment. */
export const environmentShape: Shape<Pick<TestFileOptions, 'url' | 'login'>> = {
	url: urlKind,
	login: oneOf(loginRoles),
};

/** Throws `invalid-options`. Types alone do not catch every misspelled option. */
export function checkTestFileOptions(options: TestFileOptions): void {
	checkOptions(options, { except: ['directory', 'command'], others: environmentShape });
}

/**
 * The options to start a server with: those of the tests, of the environment, and of the project that contains `root`. All
 * paths are absolute, so that another process can start it.
 */
export async function completeOptions(
	{ url, login, ...options }: TestFileOptions,
	{ root, environment }: { readonly root: string; readonly environment: NodeJS.ProcessEnv },
): Promise<StartPostgresOptions> {
	const { provider } = options;
	const given = { ...optionsFromEnvironment(environment, { folder: root, provider }), ...options };
	return withAbsolutePaths(await withProjectDefaults(given, root, testOptionsFromConfig), root);
}

import { join, relative } from 'node:path';
import { loadConfig, type ResolvedConfig } from '../config/index.ts';
import { SlipwayError } from '../errors.ts';
import { loadSettings, oneRole, type Settings } from '../settings/index.ts';
import type { CommandNames } from '../terminal/index.ts';

/** What the commands work on. */
export interface Project {
	/** The project's folder. Throws `no-project` outside of one. */
	readonly root: string;
	readonly environment: NodeJS.ProcessEnv;
	readonly commandName: CommandNames;
}

export const configOf = ({ root }: Project): Promise<ResolvedConfig> => loadConfig(root);

export const envFileOf = ({ root }: Project): string => join(root, '.env');

/**
 * What the environment, `.env` and, where these say nothing, the configuration say. Throws `invalid-settings`,
 * `no-roles`, `invalid-env-file` and what `loadConfig` throws.
 */
export async function settingsOf(
	project: Project,
	options: Parameters<typeof loadSettings>[1] = {},
): Promise<Settings> {
	const { roles, postgres } = await configOf(project);
	if (roles === false) throw noRoles();
	const names = roles === oneRole ? {} : roles;
	const variables = {
		DB_OWNER: names.owner,
		DB_MIGRATOR_USERNAME: names.migrator,
		DB_USERNAME: namesLogin(project.environment) ? undefined : names.app,
		POSTGRES_VERSION: postgres.version?.toString(),
		POSTGRES_IMAGE: postgres.image,
	};
	const { environment } = project;
	const defaults = { variables, origin: 'slipway.config' };
	return loadSettings(
		{ environment, envFile: envFileOf(project), defaults },
		{
			...options,
			appName: names.app,
			oneRole: roles === oneRole,
			temporaryTables: names.temporaryTables,
			grants: names.grants,
		},
	);
}

function noRoles(): SlipwayError {
	return new SlipwayError(
		'no-roles',
		'the configuration has roles: false, which only servers of tests and of npx slipway run can have',
		"Set roles: 'one' for a single role that owns the database, or move roles: false to the options of your tests: slipway({ roles: false }).",
	);
}

/** `DATABASE_URL` has the name of the app's role in it. */
const namesLogin = ({ DATABASE_URL: url, DATABASE_URL_FILE: file }: NodeJS.ProcessEnv) =>
	Boolean(url || file);

/** Where the dev server comes from unless settings say otherwise. `auto` is for servers without data: it may change. */
export function durableProvider({ postgres }: ResolvedConfig): 'embedded' | 'container' {
	return postgres.provider === 'container' ? 'container' : 'embedded';
}

/** `path` as a person in the current folder would write it. */
export function fromHere(path: string): string {
	return relative(process.cwd(), path) || '.';
}

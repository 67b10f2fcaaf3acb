import { join, relative } from 'node:path';
import { loadConfig, type ResolvedConfig } from '../config/index.ts';
import { loadSettings, type Settings } from '../settings/index.ts';
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
 * `invalid-env-file` and what `loadConfig` throws.
 */
export async function settingsOf(
	project: Project,
	options: Parameters<typeof loadSettings>[1] = {},
): Promise<Settings> {
	const { roles, postgres } = await configOf(project);
	const variables = {
		DB_OWNER: roles.owner,
		DB_MIGRATOR_USERNAME: roles.migrator,
		DB_USERNAME: namesLogin(project.environment) ? undefined : roles.app,
		POSTGRES_IMAGE: postgres.image,
	};
	const { environment } = project;
	const defaults = { variables, origin: 'slipway.config' };
	return loadSettings({ environment, envFile: envFileOf(project), defaults }, options);
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

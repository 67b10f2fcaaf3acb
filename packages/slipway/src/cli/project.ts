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

/** What the environment and `.env` say. Throws `invalid-settings` and `invalid-env-file`. */
export function settingsOf(project: Project, options: Parameters<typeof loadSettings>[1] = {}): Settings {
	return loadSettings({ environment: project.environment, envFile: envFileOf(project) }, options);
}

/** `path` as a person in the current folder would write it. */
export function fromHere(path: string): string {
	return relative(process.cwd(), path) || '.';
}

import { join, relative } from 'node:path';
import { findProjectRoot, loadConfig, type ResolvedConfig } from '../config/index.ts';
import { SlipwayError } from '../errors.ts';
import { loadSettings, type Settings } from '../settings/index.ts';
import type { CommandNames } from '../terminal/index.ts';

/** What the commands work on. */
export interface Project {
	/** The project's folder. Throws `no-project` outside of one. */
	readonly root: string;
	readonly environment: NodeJS.ProcessEnv;
	readonly commandName: CommandNames;
}

/** The project that the current folder is part of, looked for when a command needs it. */
export function currentProject(environment: NodeJS.ProcessEnv, commandName: CommandNames): Project {
	return {
		get root() {
			return findProjectRoot(process.cwd()) ?? noProject(process.cwd());
		},
		environment,
		commandName,
	};
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

function noProject(folder: string): never {
	throw new SlipwayError(
		'no-project',
		`${folder} is not in a project: neither it nor a folder above it has a package.json or a slipway.config.ts`,
		'Run the command in your project, or name its folder: --cwd FOLDER. A new project begins with: npm init -y',
	);
}

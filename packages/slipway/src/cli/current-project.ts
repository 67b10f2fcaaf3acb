import { findProjectRoot } from '../config/index.ts';
import { SlipwayError } from '../errors.ts';
import type { CommandNames } from '../terminal/index.ts';
import type { Project } from './project.ts';

/**
 * The project that the current folder is part of, looked for when a command needs it. It is apart from what commands ask
 * of a project, because loading that takes longer than all of `--help`.
 */
export function currentProject(environment: NodeJS.ProcessEnv, commandName: CommandNames): Project {
	return {
		get root() {
			return findProjectRoot(process.cwd()) ?? noProject(process.cwd());
		},
		environment,
		commandName,
	};
}

function noProject(folder: string): never {
	throw new SlipwayError(
		'no-project',
		`${folder} is not in a project: neither it nor a folder above it has a package.json or a slipway.config.ts`,
		'Run the command in your project, or name its folder: --cwd FOLDER. A new project begins with: npm init -y',
	);
}

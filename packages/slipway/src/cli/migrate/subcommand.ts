import type { Command } from 'commander';
import { defineCommand } from '../../terminal/index.ts';
import { configOf, fromHere, type Project } from '../project.ts';

export interface DirectoryOption {
	readonly directory: string;
}

/** A subcommand with the option that all of them have. */
export function defineSubcommand(name: string, description: string): Command {
	return defineCommand(name, description).option(
		'--directory <path>',
		'where the migrations are (default: migrations, or as slipway.config.ts says)',
	);
}

/** Options of the subcommands that the configuration has values for. */
const configured = { directory: 'migrations', models: 'models', source: 'models', output: 'types' } as const;

/** Has the configuration say what the arguments leave out. It is read when a subcommand runs, not for `--help`. */
export function withConfiguredDefaults(project: Project, command: Command): Command {
	return command.hook('preAction', async (_, subcommand) => {
		const config = await configOf(project);
		const taken = new Set(subcommand.options.map((option) => option.attributeName()));
		for (const [option, key] of Object.entries(configured))
			if (taken.has(option) && subcommand.getOptionValue(option) === undefined)
				subcommand.setOptionValueWithSource(option, fromHere(config[key]), 'config');
	});
}

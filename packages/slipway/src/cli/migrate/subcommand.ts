import type { Command } from 'commander';
import { defineCommand } from '../../terminal/index.ts';
import { configOf, fromHere, type Project } from '../project.ts';

export interface DirectoryOption {
	readonly directory: string;
}

/** A subcommand with the options that all have in common. */
export function defineSubcommand(name: string, description: string): Command {
	return defineCommand(name, description).option(
		'--directory <path>',
		'where the migrations are (default: the setting in slipway.config.ts, or migrations)',
	);
}

/** The options of subcommands that default to a setting in the configuration. */
const configured = { directory: 'migrations', models: 'models', source: 'models', output: 'types' } as const;

/**
 * Fills in omitted options from the configuration, which is read when a subcommand runs, not for `--help`.
 */
export function withConfiguredDefaults(project: Project, command: Command): Command {
	return command.hook('preAction', async (_, subcommand) => {
		const config = await configOf(project);
		const known = new Set(subcommand.options.map((option) => option.attributeName()));
		for (const [option, key] of Object.entries(configured))
			if (known.has(option) && subcommand.getOptionValue(option) === undefined)
				subcommand.setOptionValueWithSource(option, fromHere(config[key]), 'config');
	});
}

import type { Command } from 'commander';
import type { CommandMigrations, SqlMigrations } from '../../config/index.ts';
import { SlipwayError } from '../../errors.ts';
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

/** The subcommands that work with every form of the setting `migrations`. The others need a folder. */
const forAnyMigrations = ['up', 'types'];

/**
 * Fills in omitted options from the configuration, which is read when a subcommand runs, not for `--help`.
 */
export function withConfiguredDefaults(project: Project, command: Command): Command {
	return command.hook('preAction', async (_, subcommand) => {
		const config = await configOf(project);
		const known = new Set(subcommand.options.map((option) => option.attributeName()));
		for (const [option, key] of Object.entries(configured)) {
			if (!known.has(option) || subcommand.getOptionValue(option) !== undefined) continue;
			const value = config[key];
			if (typeof value === 'string') subcommand.setOptionValueWithSource(option, fromHere(value), 'config');
			else if (!forAnyMigrations.includes(subcommand.name())) throw needsFolder(subcommand.name(), value);
		}
	});
}

function needsFolder(name: string, migrations: SqlMigrations | CommandMigrations): SlipwayError {
	const tool = 'sql' in migrations ? 'files of SQL' : `the command ${JSON.stringify(migrations.command)}`;
	return new SlipwayError(
		'migrations-not-a-folder',
		`npx slipway migrate ${name} works on a folder of migrations, and this project's are ${tool}`,
		'Use the tool that the migrations belong to. npx slipway migrate up applies them, whatever their form.',
	);
}

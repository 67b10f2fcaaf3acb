import type { Command } from 'commander';
import { defineCommand } from '../../terminal/index.ts';
import type { Project } from '../project.ts';
import { diffCommand } from './diff.ts';
import { historyCommand } from './history.ts';
import { lintCommand } from './lint.ts';
import { newCommand } from './new.ts';
import { rebaseCommand } from './rebase.ts';
import { downCommand, redoCommand } from './revert.ts';
import { stampCommand } from './stamp.ts';
import { statusCommand } from './status.ts';
import { withConfiguredDefaults } from './subcommand.ts';
import { typesCommand } from './types.ts';
import { upCommand } from './up.ts';

/** `migrate` with all its subcommands. */
export function migrateCommand(project: Project): Command {
	const command = defineCommand(
		project.commandName('migrate'),
		'Manages the schema of the database that the settings name or, if they name no server, of the dev database. Runs as the migrator.',
	);
	const parts = [
		upCommand,
		downCommand,
		redoCommand,
		statusCommand,
		historyCommand,
		newCommand,
		rebaseCommand,
		stampCommand,
		lintCommand,
		diffCommand,
		typesCommand,
	];
	for (const part of parts) command.addCommand(part(project));
	return withConfiguredDefaults(project, command);
}

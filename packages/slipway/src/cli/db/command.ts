import type { Command } from 'commander';
import { defineCommand } from '../../terminal/index.ts';
import type { Project } from '../project.ts';
import { copyCommand } from './copy.ts';
import { dropCommand } from './drop.ts';
import { listCommand } from './list.ts';
import { resetCommand } from './reset.ts';
import { restoreCommand } from './restore.ts';
import { saveCommand } from './save.ts';
import { upgradeCommand } from './upgrade.ts';

/** `db` with all its subcommands. */
export function dbCommand(project: Project): Command {
	const command = defineCommand(
		project.commandName('db'),
		'Saves and restores the data of the dev database, while it is in use. Works on the server that the settings name or, if ' +
			'they name none, on the dev server.',
	);
	const parts = [
		listCommand,
		saveCommand,
		restoreCommand,
		copyCommand,
		resetCommand,
		dropCommand,
		upgradeCommand,
	];
	for (const part of parts) command.addCommand(part(project));
	return command;
}

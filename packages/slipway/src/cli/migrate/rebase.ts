import type { Command } from 'commander';
import { rebaseMigrations } from '../../database/migrations/index.ts';
import type { Project } from '../project.ts';
import { withMigratorLogin } from './login.ts';
import { print, tell } from './output.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption {
	readonly dryRun?: boolean;
}

export function rebaseCommand(project: Project): Command {
	return defineSubcommand(
		'rebase',
		'give what came too late a later number: renames the files that are not applied, in their order',
	)
		.option('--dry-run', 'print the names, and rename nothing')
		.action((options: Options) => rebase(project, options));
}

async function rebase(project: Project, { directory, dryRun = false }: Options): Promise<void> {
	await withMigratorLogin(project, async (connection) => {
		const renumberings = await rebaseMigrations(connection, directory, { dryRun });
		for (const { from, to } of renumberings) print(`${from} -> ${to}`);
		if (renumberings.length === 0) tell('nothing is out of order');
	});
}

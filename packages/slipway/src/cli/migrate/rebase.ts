import type { Command } from 'commander';
import { rebaseMigrations } from '../../database/migrations/index.ts';
import { print, report } from '../output.ts';
import type { Project } from '../project.ts';
import { withMigratorLogin } from './login.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption {
	readonly dryRun?: boolean;
}

export function rebaseCommand(project: Project): Command {
	return defineSubcommand('rebase', 'renumber unapplied migrations after the latest one')
		.option('--dry-run', 'print the new names without renaming')
		.action((options: Options) => rebase(project, options));
}

async function rebase(project: Project, { directory, dryRun = false }: Options): Promise<void> {
	await withMigratorLogin(project, async (connection) => {
		const renumberings = await rebaseMigrations(connection, directory, { dryRun });
		for (const { from, to } of renumberings) print(`${from} -> ${to}`);
		if (renumberings.length === 0) report('no migration is out of order');
	});
}

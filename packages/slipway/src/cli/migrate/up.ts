import type { Command } from 'commander';
import { migrateUp } from '../../database/migrations/index.ts';
import type { Project } from '../project.ts';
import { tellWhenInterrupted } from './interruption.ts';
import { withMigratorLogin } from './login.ts';
import { print, tell } from './output.ts';
import { type RunOptions, toMigrateOptions, withRunOptions } from './run-options.ts';
import { tellNewer } from './status.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';
import { nothingPending } from './unread.ts';

interface Options extends DirectoryOption, RunOptions {
	readonly to?: string;
}

export function upCommand(project: Project): Command {
	const command = defineSubcommand(
		'up',
		'apply what is pending, each file in a transaction of its own',
	).option('--to <name>', 'the last one to apply; the beginning of its name will do');
	return withRunOptions(command).action((options: Options) => up(project, options));
}

async function up(project: Project, { directory, to, ...options }: Options): Promise<void> {
	await withMigratorLogin(project, async (connection, settings) => {
		const given = toMigrateOptions(options, settings, (name) => print(`applied ${name}`));
		const target = to === undefined ? {} : { to };
		const applied = await tellWhenInterrupted(() =>
			migrateUp(connection, directory, { ...given, ...target }),
		);
		if (applied.length > 0) return;
		tell(to === undefined ? await nothingPending(directory) : `nothing is pending up to ${to}`);
		await tellNewer(connection, directory);
	});
}

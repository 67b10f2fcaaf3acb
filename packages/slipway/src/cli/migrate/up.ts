import type { Command } from 'commander';
import { migrateUp } from '../../database/migrations/index.ts';
import { print, report } from '../output.ts';
import type { Project } from '../project.ts';
import { reportInterruption } from './interruption.ts';
import { withMigratorLogin } from './login.ts';
import { type RunOptions, toMigrateOptions, withRunOptions } from './run-options.ts';
import { nothingPending, reportNewer } from './status.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption, RunOptions {
	readonly to?: string;
}

export function upCommand(project: Project): Command {
	const command = defineSubcommand('up', 'apply pending migrations, each in its own transaction').option(
		'--to <name>',
		'the last migration to apply; the beginning of its name is enough',
	);
	return withRunOptions(command).action((options: Options) => up(project, options));
}

async function up(project: Project, { directory, to, ...options }: Options): Promise<void> {
	await withMigratorLogin(project, async (connection, settings) => {
		const migrateOptions = toMigrateOptions(options, settings, (name) => print(`applied ${name}`));
		const target = to === undefined ? {} : { to };
		const applied = await reportInterruption(project, () =>
			migrateUp(connection, directory, { ...migrateOptions, ...target }),
		);
		if (applied.length > 0) return;
		report(to === undefined ? await nothingPending(directory) : `nothing is pending up to ${to}`);
		await reportNewer(project, connection, directory);
	});
}

import type { Command } from 'commander';
import { migrateUp } from '../../database/migrations/index.ts';
import { SlipwayError } from '../../errors.ts';
import { migrationSource } from '../../migration-sources/index.ts';
import { print, report } from '../output.ts';
import { configOf, type Project } from '../project.ts';
import { reportInterruption } from './interruption.ts';
import { withMigratorLogin } from './login.ts';
import { type RunOptions, toMigrateOptions, withRunOptions } from './run-options.ts';
import { nothingPending, reportNewer } from './status.ts';
import { defineSubcommand } from './subcommand.ts';

interface Options extends RunOptions {
	/** Undefined if the project's migrations are not in a folder of their own. */
	readonly directory?: string;
	readonly to?: string;
}

const onApplied = (name: string) => print(`applied ${name}`);

export function upCommand(project: Project): Command {
	const command = defineSubcommand('up', 'apply pending migrations, each in its own transaction').option(
		'--to <name>',
		'the last migration to apply; the beginning of its name is enough',
	);
	return withRunOptions(command).action(({ directory, ...options }: Options) =>
		directory === undefined ? upFromSource(project, options) : upFromFolder(project, directory, options),
	);
}

async function upFromFolder(project: Project, directory: string, { to, ...options }: Options): Promise<void> {
	await withMigratorLogin(project, async (connection, settings) => {
		const migrateOptions = toMigrateOptions(options, settings, onApplied);
		const target = to === undefined ? {} : { to };
		const applied = await reportInterruption(project, () =>
			migrateUp(connection, directory, { ...migrateOptions, ...target }),
		);
		if (applied.length > 0) return;
		report(to === undefined ? await nothingPending(directory) : `nothing is pending up to ${to}`);
		await reportNewer(project, connection, directory);
	});
}

/** Files of SQL, or another tool's command. */
async function upFromSource(project: Project, options: Options): Promise<void> {
	if (options.to !== undefined || options.dryRun) throw needsFolder(options.dryRun ? '--dry-run' : '--to');
	const { migrations } = await configOf(project);
	await withMigratorLogin(project, async (migrator, settings) => {
		let applied = 0;
		const onMigrated = (name: string) => {
			applied++;
			onApplied(name);
		};
		const target = { migrator, database: settings.database };
		await migrationSource(migrations).migrate(target, toMigrateOptions(options, settings, onMigrated));
		if (applied === 0) report('nothing is pending');
	});
}

function needsFolder(option: string): SlipwayError {
	return new SlipwayError(
		'migrations-not-a-folder',
		`npx slipway migrate up ${option} works on a folder of migrations in node-pg-migrate's format`,
		`Leave out ${option}, or use the tool that the migrations belong to.`,
	);
}

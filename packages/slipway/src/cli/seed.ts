import { type Command, Option } from 'commander';
import { readSeedFolder, runSeeds } from '../database/seeds/index.ts';
import { withDatabaseServer } from '../dev/index.ts';
import { appConnection, type Environment, environments } from '../settings/index.ts';
import { confirm, defineCommand } from '../terminal/index.ts';
import { print, report, reporter } from './output.ts';
import { configOf, fromHere, type Project, settingsOf } from './project.ts';

interface Options {
	readonly directory?: string;
	readonly environment?: Environment;
	readonly yes?: true;
}

export function seedCommand(project: Project): Command {
	return defineCommand(
		project.commandName('seed'),
		'Inserts the initial rows of an environment, as the app, into the database that the settings name or, if they ' +
			'name no server, into the dev database.',
	)
		.addOption(
			new Option(
				'--environment <name>',
				'whose seeds to run, besides those for all environments (default: NODE_ENV)',
			).choices(environments),
		)
		.option('--directory <path>', 'where the seeds are (default: the setting in slipway.config.ts, or seeds)')
		.option('--yes', 'do not ask for confirmation in production; required there without a terminal')
		.action((options: Options) => seed(project, options));
}

async function seed(project: Project, options: Options): Promise<void> {
	const { environment, yes, directory = fromHere((await configOf(project)).seeds) } = options;
	const settings = await settingsOf(project, { roles: ['app'] });
	const selected = environment ?? settings.environment;
	const isProduction = [selected, settings.environment].includes('production');
	if (isProduction && !yes) await confirm(`seed the database "${settings.database.name}" in production`);
	const seeds = await readSeedFolder(directory, selected);
	if (seeds.length === 0) return report(`there are no seeds for ${selected} in ${directory}`);
	const config = await configOf(project);
	const server = { settings, root: project.root, config, report: reporter(project) };
	await withDatabaseServer(server, async (current) => {
		const onSeeded = (name: string) => print(`seeded ${name}`);
		await runSeeds(appConnection(current.settings, current.endpoint), seeds, { onSeeded });
	});
}

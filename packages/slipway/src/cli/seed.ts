import { type Command, Option } from 'commander';
import { readSeedFolder, runSeeds } from '../database/seeds/index.ts';
import { withDatabaseServer } from '../dev/index.ts';
import { appConnection, type Environment, environments } from '../settings/index.ts';
import { confirm, defineCommand } from '../terminal/index.ts';
import { configOf, fromHere, type Project, settingsOf } from './project.ts';

interface Options {
	readonly directory?: string;
	readonly environment?: Environment;
	readonly yes?: true;
}

export function seedCommand(project: Project): Command {
	return defineCommand(
		project.commandName('seed'),
		'Puts the rows in place that an environment starts with, as the app, in the database that the settings name or, when ' +
			'they name no server, in the dev database. A second time changes nothing.',
	)
		.addOption(
			new Option(
				'--environment <name>',
				'whose seeds to run besides those of all (default: NODE_ENV)',
			).choices(environments),
		)
		.option('--directory <path>', 'where the seeds are (default: seeds, or as slipway.config.ts says)')
		.option('--yes', 'do not ask in production; needed there where there is no terminal to ask on')
		.action((options: Options) => seed(project, options));
}

async function seed(project: Project, options: Options): Promise<void> {
	const { environment, yes, directory = fromHere((await configOf(project)).seeds) } = options;
	const settings = await settingsOf(project, { roles: ['app'] });
	const chosen = environment ?? settings.environment;
	const isProduction = [chosen, settings.environment].includes('production');
	if (isProduction && !yes) await confirm(`seed the database "${settings.database.name}" in production`);
	const seeds = await readSeedFolder(directory, chosen);
	if (seeds.length === 0)
		return void process.stderr.write(`there are no seeds for ${chosen} in ${directory}\n`);
	await withDatabaseServer(settings, project.root, async (endpoint) => {
		const onSeeded = (name: string) => process.stdout.write(`seeded ${name}\n`);
		await runSeeds(appConnection(settings, endpoint), seeds, { onSeeded });
	});
}

import { join, relative } from 'node:path';
import { Option } from 'commander';
import { confirm, defineCommand, runCommand } from '../src/cli/index.ts';
import { readSeedFolder, runSeeds } from '../src/database/seeds/index.ts';
import { withDatabaseServer } from '../src/dev/index.ts';
import { appConnection, type Environment, environments, loadSettings } from '../src/settings/index.ts';

const root = join(import.meta.dirname, '..');

interface Options {
	readonly directory: string;
	readonly environment?: Environment;
	readonly yes?: true;
}

const command = defineCommand(
	'scripts/seed',
	'Puts the rows in place that an environment starts with, as the app, in the database that the settings name or, when ' +
		'they name no server, of scripts/dev. A second time changes nothing.',
)
	.addOption(
		new Option('--environment <name>', 'whose seeds to run besides those of all (default: NODE_ENV)').choices(
			environments,
		),
	)
	.option('--directory <path>', 'where the seeds are', relative(process.cwd(), join(root, 'seeds')) || '.')
	.option('--yes', 'do not ask in production; needed there where there is no terminal to ask on')
	.action(seed);

await runCommand(command, process.argv.slice(2));

async function seed({ directory, environment, yes }: Options): Promise<void> {
	const sources = { environment: process.env, envFile: join(root, '.env') };
	const settings = loadSettings(sources, { roles: ['app'] });
	const chosen = environment ?? settings.environment;
	const isProduction = [chosen, settings.environment].includes('production');
	if (isProduction && !yes) await confirm(`seed the database "${settings.database.name}" in production`);
	const seeds = await readSeedFolder(directory, chosen);
	if (seeds.length === 0)
		return void process.stderr.write(`there are no seeds for ${chosen} in ${directory}\n`);
	await withDatabaseServer(settings, root, async (endpoint) => {
		const onSeeded = (name: string) => print(`seeded ${name}`);
		await runSeeds(appConnection(settings, endpoint), seeds, { onSeeded });
	});
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

import { type Command, Option } from 'commander';
import { runDev } from '../dev/index.ts';
import { type ProviderName, providerNames } from '../provider-names.ts';
import { defineCommand, withCommandNames } from '../terminal/index.ts';
import { configOf, durableProvider, type Project, settingsOf } from './project.ts';

interface Options {
	readonly postgres?: ProviderName;
	readonly seed?: boolean;
}

export function devCommand(project: Project): Command {
	return defineCommand(
		project.commandName('dev'),
		'Brings up PostgreSQL, the database and the service, and restarts the service when a file changes. ' +
			'Data are kept, in .slipway/ or in a volume, from one run to the next. Ctrl-C ends everything, and a second ' +
			'one does not wait for requests in flight.',
	)
		.addOption(
			new Option(
				'--postgres <provider>',
				'where the server comes from (default: SLIPWAY_POSTGRES; external if the settings name one; else embedded)',
			).choices(providerNames),
		)
		.argument('[command...]', 'what starts the service, after -- (default: dev.command in slipway.config.ts)')
		.option('--seed', 'run the seeds of development first')
		.action((command: readonly string[], options: Options) => dev(project, command, options));
}

async function dev(
	project: Project,
	command: readonly string[],
	{ postgres, seed = false }: Options,
): Promise<void> {
	const settings = await settingsOf(project);
	const config = await configOf(project);
	await runDev({
		root: project.root,
		config,
		command: command.length > 0 ? command : undefined,
		provider: postgres ?? settings.provider ?? durableProvider(config),
		settings,
		seed,
		environment: project.environment,
		report: (line) => process.stderr.write(`${withCommandNames(line, project.commandName)}\n`),
		onReady: (address, psql) => process.stdout.write(`\n${address}\n${psql}\n\n`),
		signal: endSignal(),
	});
	// What a signal came upon during the start would keep the process.
	process.exit();
}

function endSignal(): AbortSignal {
	const end = new AbortController();
	let since = 0;
	const order = () => {
		// `npm run dev` passes on the Ctrl-C that the terminal has sent to both.
		if (end.signal.aborted && performance.now() - since > 500) process.exit(130);
		if (!end.signal.aborted) since = performance.now();
		end.abort();
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, order);
	return end.signal;
}

import { type Command, Option } from 'commander';
import { runDev } from '../dev/index.ts';
import { type ProviderName, providerNames } from '../provider-names.ts';
import { defineCommand } from '../terminal/index.ts';
import { reporter } from './output.ts';
import { configOf, durableProvider, type Project, settingsOf } from './project.ts';

interface Options {
	readonly postgres?: ProviderName;
	readonly seed?: boolean;
}

export function devCommand(project: Project): Command {
	return defineCommand(
		project.commandName('dev'),
		'Starts PostgreSQL, the database and the service, and restarts the service when a file changes. ' +
			'Keeps its data between runs, in .slipway/ or in a volume. Ctrl-C stops everything; press it again to stop ' +
			'without waiting for requests in flight.',
	)
		.addOption(
			new Option(
				'--postgres <provider>',
				'where the server comes from (default: SLIPWAY_POSTGRES; external if the settings name one; else embedded)',
			).choices(providerNames),
		)
		.passThroughOptions()
		.argument('[command...]', 'what starts the service, after -- (default: dev.command in slipway.config.ts)')
		.option('--seed', 'run the seeds for development first')
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
		report: reporter(project),
		onReady: (address, links, psql) => process.stdout.write(`\n${[address, ...links, psql].join('\n')}\n\n`),
		signal: endSignal(),
	});
	// A start that a signal interrupted may have left something that keeps the process alive.
	process.exit();
}

function endSignal(): AbortSignal {
	const end = new AbortController();
	let since = 0;
	const onSignal = () => {
		// The terminal sends Ctrl-C to `npm run dev` as well, which passes it on.
		if (end.signal.aborted && performance.now() - since > 500) process.exit(130);
		if (!end.signal.aborted) since = performance.now();
		end.abort();
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
	return end.signal;
}

import { type Command, Option } from 'commander';
import { runDev } from '../dev/index.ts';
import { type ProviderName, providerNames } from '../settings/index.ts';
import { defineCommand } from '../terminal/index.ts';
import { report } from './output.ts';
import { configOf, type Project, settingsOf } from './project.ts';

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
		.option('--seed', 'run the seeds for development first')
		.action((options: Options) => dev(project, options));
}

async function dev(project: Project, { postgres, seed = false }: Options): Promise<void> {
	const settings = settingsOf(project);
	await runDev({
		root: project.root,
		config: await configOf(project),
		provider: postgres ?? settings.provider ?? 'embedded',
		settings,
		seed,
		environment: project.environment,
		report,
		onReady: (address, psql) => process.stdout.write(`\n${address}\n${psql}\n\n`),
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

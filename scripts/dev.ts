import { join } from 'node:path';
import { Option } from 'commander';
import { defineCommand, runCommand } from '../src/cli/index.ts';
import { runDev } from '../src/dev/index.ts';
import { loadSettings, type ProviderName, providerNames } from '../src/settings/index.ts';

const root = join(import.meta.dirname, '..');

const command = defineCommand(
	'scripts/dev',
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
	.option('--seed', 'run the seeds of development first')
	.action(async ({ postgres, seed = false }: { postgres?: ProviderName; seed?: boolean }) => {
		const settings = loadSettings({ environment: process.env, envFile: join(root, '.env') });
		await runDev({
			root,
			provider: postgres ?? settings.provider ?? 'embedded',
			settings,
			seed,
			environment: process.env,
			report: (line) => process.stderr.write(`${line}\n`),
			onReady: (address, psql) => process.stdout.write(`\n${address}\n${psql}\n\n`),
			signal: orderToEnd(),
		});
	});

await runCommand(command, process.argv.slice(2));
// What a signal came upon during the start would keep the process.
process.exit();

function orderToEnd(): AbortSignal {
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

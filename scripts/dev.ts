import { join } from 'node:path';
import { Option } from 'commander';
import { defineCommand, runCommand } from '../src/cli/index.ts';
import { runDev } from '../src/dev/index.ts';
import { loadSettings, type ProviderName, providerNames } from '../src/settings/index.ts';

const root = join(import.meta.dirname, '..');

const command = defineCommand(
	'scripts/dev',
	'Brings up PostgreSQL, the database and the service, and restarts the service when a file changes.\n' +
		'Data are kept in .slipway/ from one run to the next. Ctrl-C ends everything.',
)
	.addOption(
		new Option(
			'--postgres <provider>',
			'where the server comes from (default: SLIPWAY_POSTGRES, or embedded)',
		).choices(providerNames),
	)
	.action(async ({ postgres }: { postgres?: ProviderName }) => {
		const settings = loadSettings({ environment: process.env, envFile: join(root, '.env') });
		const end = new AbortController();
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end.abort());
		await runDev({
			root,
			provider: postgres ?? settings.provider ?? 'embedded',
			settings,
			environment: process.env,
			report: (line) => process.stderr.write(`${line}\n`),
			onReady: (address, psql) => process.stdout.write(`\n${address}\n${psql}\n\n`),
			signal: end.signal,
		});
	});

await runCommand(command, process.argv.slice(2));

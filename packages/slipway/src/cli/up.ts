import { extname, join } from 'node:path';
import { type Command, Option } from 'commander';
import {
	type BackgroundMessage,
	findDevServer,
	type RunningServer,
	serveInBackground,
	startInBackground,
	updateDatabase,
	waitForDevServer,
} from '../dev/index.ts';
import { SlipwayError } from '../errors.ts';
import { type OwnProvider, type ProviderName, providerNames } from '../provider-names.ts';
import { defineCommand } from '../terminal/index.ts';
import { report, reporter } from './output.ts';
import { configOf, durableProvider, type Project, settingsOf } from './project.ts';

interface Options {
	readonly postgres?: ProviderName;
	readonly serve?: true;
}

export function upCommand(project: Project): Command {
	return defineCommand(
		project.commandName('up'),
		'Starts PostgreSQL for this project in the background, bootstraps it and applies the migrations. Every other command then ' +
			'uses it, until "down".',
	)
		.addOption(
			new Option(
				'--postgres <provider>',
				'where the server comes from (default: SLIPWAY_POSTGRES, or else embedded)',
			).choices(providerNames),
		)
		.addOption(new Option('--serve', 'serve in this process').hideHelp())
		.action((options: Options) => (options.serve ? serve(project, options) : up(project, options)));
}

async function up(project: Project, options: Options): Promise<void> {
	const { root } = project;
	const provider = await providerOf(project, options);
	const already = await findDevServer(root);
	if (already === undefined) await start(project, provider);
	else await update(project, already);
	const running = already ?? (await waitForDevServer(root));
	if (running === undefined) throw new Error('the server that was just started is gone');
	const { host, port } = running.admin;
	const how = already === undefined ? 'is running' : 'was running already';
	report(`PostgreSQL (${running.provider}) ${how} on ${host}:${port}, process ${running.holder.pid}`);
	report(`${project.commandName('url')} prints its URL, ${project.commandName('down')} stops it`);
}

async function start(project: Project, provider: string): Promise<void> {
	const { root } = project;
	const program = [process.execPath, main, 'up', '--serve', '--postgres', provider] as const;
	try {
		await startInBackground(root, program, reporter(project));
	} catch (error) {
		// Another "up", or "dev", was a moment earlier.
		const isTaken = error instanceof SlipwayError && error.code === 'directory-in-use';
		if (!isTaken || (await waitForDevServer(root)) === undefined) throw error;
	}
}

const main = join(import.meta.dirname, `main${extname(import.meta.filename)}`);

/** Applies what has changed since the server was started. */
async function update(project: Project, running: RunningServer): Promise<void> {
	const [config, settings] = [await configOf(project), await settingsOf(project)];
	const { provider } = running;
	await updateDatabase(
		{ root: project.root, config, provider, settings, report: reporter(project) },
		running,
	);
}

/** What runs in the background. */
async function serve(project: Project, options: Options): Promise<void> {
	const send = (message: BackgroundMessage) => process.send?.(message);
	const report = reporter(project);
	try {
		await serveInBackground({
			root: project.root,
			config: await configOf(project),
			provider: await providerOf(project, options),
			settings: await settingsOf(project),
			environment: project.environment,
			report: (line) => (process.connected ? send({ line }) : report(line)),
			onReady: () => send({ ready: true }),
		});
		process.exit();
	} catch (error) {
		if (error instanceof SlipwayError && process.connected)
			send({ error: { code: error.code, message: error.message, hint: error.hint } });
		throw error;
	}
}

async function providerOf(project: Project, { postgres }: Options): Promise<OwnProvider> {
	const settings = await settingsOf(project, { roles: [] });
	const provider = postgres ?? settings.provider ?? durableProvider(await configOf(project));
	if (provider !== 'external') return provider;
	throw new SlipwayError(
		'external-server',
		'the settings name a server of yours, which Slipway neither starts nor stops',
		'Use it as it is (npx slipway bootstrap, npx slipway migrate up), or remove DB_HOST and DATABASE_URL from the settings.',
	);
}

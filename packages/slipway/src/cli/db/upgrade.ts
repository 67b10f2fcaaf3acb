import type { Command } from 'commander';
import { finishUpgrade, upgradeDevData } from '../../dev/index.ts';
import { defaultVersion } from '../../postgres-versions.ts';
import { finishStackUpgrade, upgradeStackData } from '../../stack/index.ts';
import { confirm, defineCommand } from '../../terminal/index.ts';
import { print, printJson, reporter } from '../output.ts';
import { type Project, settingsOf } from '../project.ts';

interface Options {
	readonly stack?: true;
	readonly fromImage?: string;
	readonly finish?: true;
	readonly yes?: true;
	readonly json?: true;
}

export function upgradeCommand(project: Project): Command {
	return defineCommand(
		'upgrade',
		'move the dev data to the PostgreSQL version in the settings, compare everything, and keep the old data until --finish',
	)
		.option(
			'--stack',
			'move the data of the compose stack to the version of its image instead; stop the stack first',
		)
		.option('--from-image <image>', 'the image for the old data in a container (default: postgres:VERSION)')
		.option('--finish', 'remove the old data that an upgrade has kept')
		.option('--yes', 'do not ask for confirmation of --finish; required without a terminal')
		.option('--json', 'print one JSON object')
		.action((options: Options) => (options.finish ? finish(project, options) : upgrade(project, options)));
}

async function upgrade(project: Project, { stack, fromImage, json }: Options): Promise<void> {
	const report = reporter(project);
	const { to, upgraded } = stack
		? await upgradeStackData({ ...(await stackOf(project)), fromImage, report })
		: await upgradeDev(project, fromImage);
	const data = stack ? "the stack's data" : 'the dev data';
	if (json) return printJson(upgraded ?? { from: to, to });
	if (upgraded === undefined) return report(`${data} is already on PostgreSQL ${to}`);
	const { from, kept, databases } = upgraded;
	for (const { name, tables, rows } of databases) print(`${name}: ${tables} tables, ${rows} rows`);
	report(`${data} is now on PostgreSQL ${to}; roles, grants, sequences and all rows are the same as before`);
	const command = `npx slipway db upgrade${stack ? ' --stack' : ''} --finish`;
	report(`the data of PostgreSQL ${from} is kept in ${kept}; ${command} removes it`);
}

async function upgradeDev(project: Project, fromImage: string | undefined) {
	const settings = await settingsOf(project, { roles: [] });
	const to = settings.version ?? defaultVersion;
	const request = { root: project.root, settings, to, fromImage, report: reporter(project) };
	return { to, upgraded: await upgradeDevData(request) };
}

async function stackOf(project: Project) {
	const { root, environment } = project;
	const { admin } = await settingsOf(project, { roles: ['admin'] });
	return { root, environment, admin };
}

async function finish(project: Project, { stack, yes, json }: Options): Promise<void> {
	if (!yes) await confirm('remove the data from before the upgrade');
	const removed = stack
		? await finishStackUpgrade(await stackOf(project))
		: await finishUpgrade({ root: project.root, settings: await settingsOf(project, { roles: [] }) });
	if (json) return printJson({ removed });
	for (const { kind, name } of removed) print(`removed ${kind} ${name}`);
	if (removed.length === 0) reporter(project)('there is no data from before an upgrade');
}

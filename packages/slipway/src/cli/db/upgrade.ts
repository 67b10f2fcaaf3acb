import type { Command } from 'commander';
import { finishUpgrade, upgradeDevData } from '../../dev/index.ts';
import { defaultVersion } from '../../postgres-versions.ts';
import { confirm, defineCommand } from '../../terminal/index.ts';
import { print, printJson, report, reporter } from '../output.ts';
import { type Project, settingsOf } from '../project.ts';

interface Options {
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
		.option('--from-image <image>', 'the image for the old data in a container (default: postgres:VERSION)')
		.option('--finish', 'remove the old data that an upgrade has kept')
		.option('--yes', 'do not ask for confirmation of --finish; required without a terminal')
		.option('--json', 'print one JSON object')
		.action((options: Options) => (options.finish ? finish(project, options) : upgrade(project, options)));
}

async function upgrade(project: Project, { fromImage, json }: Options): Promise<void> {
	const settings = await settingsOf(project, { roles: [] });
	const report = reporter(project);
	const to = settings.version ?? defaultVersion;
	const upgraded = await upgradeDevData({ root: project.root, settings, to, fromImage, report });
	if (json) return printJson(upgraded ?? { from: to, to });
	if (upgraded === undefined) return report(`the dev data is of PostgreSQL ${to} already`);
	const { from, kept, databases } = upgraded;
	for (const { name, tables, rows } of databases) print(`${name}: ${tables} tables, ${rows} rows`);
	report(
		`the dev data is of PostgreSQL ${to} now; roles, grants, sequences and all rows are the same as before`,
	);
	report(`the data of PostgreSQL ${from} is kept in ${kept}; npx slipway db upgrade --finish removes it`);
}

async function finish(project: Project, { yes, json }: Options): Promise<void> {
	const settings = await settingsOf(project, { roles: [] });
	if (!yes) await confirm('remove the data from before the upgrade');
	const removed = await finishUpgrade({ root: project.root, settings });
	if (json) return printJson({ removed });
	for (const { kind, name } of removed) print(`removed ${kind} ${name}`);
	if (removed.length === 0) report('there is no data from before an upgrade');
}

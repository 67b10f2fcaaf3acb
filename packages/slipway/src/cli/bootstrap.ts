import type { Command } from 'commander';
import { bootstrapDatabase, type Change, ensureExtensions } from '../database/bootstrap/index.ts';
import type { SlipwayError } from '../errors.ts';
import { adminConnection } from '../settings/index.ts';
import { defineCommand, formatWarning } from '../terminal/index.ts';
import { print, report } from './output.ts';
import { configOf, type Project, settingsOf } from './project.ts';

interface Options {
	readonly dryRun?: boolean;
	readonly dedicated?: boolean;
	readonly json?: true;
}

export function bootstrapCommand(project: Project): Command {
	return defineCommand(
		project.commandName('bootstrap'),
		'Creates or corrects the roles, the database and the grants on the server that the settings name.',
	)
		.option('--dry-run', 'print the changes and their SQL without making them')
		.option(
			'--dedicated',
			'the server has no other users: also let only superusers connect to the databases postgres and template1, and the migrator see and end sessions',
		)
		.option('--json', 'print one JSON object at the end')
		.action((options: Options) => bootstrap(project, options));
}

async function bootstrap(
	project: Project,
	{ dryRun = false, dedicated = false, json }: Options,
): Promise<void> {
	const settings = await settingsOf(project);
	const { database, migratorEndpoint: endpoint } = settings;
	const warnings: SlipwayError[] = [];
	const onChange = json ? undefined : ({ summary }: Change) => print(summary);
	const changes = await bootstrapDatabase(adminConnection(settings), database, {
		dryRun,
		dedicated,
		onWait: report,
		...(onChange && { onChange }),
		onWarning: (warning) => warnings.push(warning),
	});
	if (!dryRun)
		await ensureExtensions(adminConnection(settings), database.name, (await configOf(project)).extensions);
	if (json) {
		const shown = warnings.map(({ code, message, hint }) => ({ code, message, hint }));
		return print(JSON.stringify({ database: database.name, ...endpoint, dryRun, changes, warnings: shown }));
	}
	for (const warning of warnings) report(formatWarning(warning));
	if (dryRun) for (const { summary, sql } of changes) print(`would have ${summary}\n  ${sql};`);
	print(
		closingLine(`database "${database.name}" on ${endpoint.host}:${endpoint.port}`, changes.length, dryRun),
	);
}

function closingLine(database: string, count: number, dryRun: boolean): string {
	if (count === 0) return `nothing to do: ${database} is ready`;
	const changes = count === 1 ? '1 change' : `${count} changes`;
	return dryRun ? `${database} needs ${changes}; none were made` : `${database} is ready: ${changes}`;
}

import type { Command } from 'commander';
import { bootstrapDatabase, type Change, ensureExtensions } from '../database/bootstrap/index.ts';
import type { SlipwayError } from '../errors.ts';
import { adminConnection } from '../settings/index.ts';
import { defineCommand, formatWarning } from '../terminal/index.ts';
import { configOf, type Project, settingsOf } from './project.ts';

interface Options {
	readonly dryRun?: boolean;
	readonly dedicated?: boolean;
	readonly json?: true;
}

export function bootstrapCommand(project: Project): Command {
	return defineCommand(
		project.commandName('bootstrap'),
		'Makes the roles, the database and the grants right on the server that the settings name.',
	)
		.option('--dry-run', 'say what there is to do, with its SQL, and change nothing')
		.option(
			'--dedicated',
			'nobody else uses the server: keep all but superusers out of the databases postgres and template1, too',
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
	const shown = warnings.map(({ code, message, hint }) => ({ code, message, hint }));
	if (json)
		return print(JSON.stringify({ database: database.name, ...endpoint, dryRun, changes, warnings: shown }));
	for (const warning of warnings) report(formatWarning(warning));
	if (dryRun) for (const { summary, sql } of changes) print(`would have ${summary}\n  ${sql};`);
	print(
		closingLine(`database "${database.name}" on ${endpoint.host}:${endpoint.port}`, changes.length, dryRun),
	);
}

function closingLine(database: string, count: number, dryRun: boolean): string {
	if (count === 0) return `nothing to do: ${database} is ready`;
	const changes = count === 1 ? '1 change' : `${count} changes`;
	return dryRun ? `${database} needs ${changes}; none was made` : `${database} is ready: ${changes}`;
}

function report(line: string): void {
	process.stderr.write(`${line}\n`);
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

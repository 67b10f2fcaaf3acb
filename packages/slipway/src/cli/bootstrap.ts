import type { Command } from 'commander';
import { bootstrapDatabase, type Change } from '../database/bootstrap/index.ts';
import { adminConnection } from '../settings/index.ts';
import { defineCommand } from '../terminal/index.ts';
import { type Project, settingsOf } from './project.ts';

interface Options {
	readonly dryRun?: boolean;
	readonly json?: true;
}

export function bootstrapCommand(project: Project): Command {
	return defineCommand(
		project.commandName('bootstrap'),
		'Makes the roles, the database and the grants right on the server that the settings name.',
	)
		.option('--dry-run', 'say what there is to do, with its SQL, and change nothing')
		.option('--json', 'print one JSON object at the end')
		.action((options: Options) => bootstrap(project, options));
}

async function bootstrap(project: Project, { dryRun = false, json }: Options): Promise<void> {
	const settings = settingsOf(project);
	const { database, migratorEndpoint: endpoint } = settings;
	const onChange = json ? undefined : ({ summary }: Change) => print(summary);
	const changes = await bootstrapDatabase(adminConnection(settings), database, {
		dryRun,
		...(onChange && { onChange }),
	});
	if (json) return print(JSON.stringify({ database: database.name, ...endpoint, dryRun, changes }));
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

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

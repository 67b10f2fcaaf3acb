import { join } from 'node:path';
import { defineCommand, formatWarning, runCommand } from '../src/cli/index.ts';
import { bootstrapDatabase, type Change } from '../src/database/bootstrap/index.ts';
import type { SlipwayError } from '../src/errors.ts';
import { adminConnection, loadSettings } from '../src/settings/index.ts';

const envFile = join(import.meta.dirname, '..', '.env');

const command = defineCommand(
	'scripts/bootstrap-db',
	'Makes the roles, the database and the grants right on the server that the settings name.',
)
	.option('--dry-run', 'say what there is to do, with its SQL, and change nothing')
	.option(
		'--dedicated',
		'nobody else uses the server: keep all but superusers out of the databases postgres and template1, too',
	)
	.option('--json', 'print one JSON object at the end')
	.action(async (options: { dryRun?: true; dedicated?: true; json?: true }) => {
		const settings = loadSettings({ environment: process.env, envFile });
		const { database, endpoint } = settings;
		const dryRun = options.dryRun ?? false;
		const warnings: SlipwayError[] = [];
		const onChange = options.json ? undefined : ({ summary }: Change) => print(summary);
		const changes = await bootstrapDatabase(adminConnection(settings), database, {
			dryRun,
			dedicated: options.dedicated ?? false,
			onWait: (line) => process.stderr.write(`${line}\n`),
			...(onChange && { onChange }),
			onWarning: (warning) => warnings.push(warning),
		});
		const shown = warnings.map(({ code, message, hint }) => ({ code, message, hint }));
		if (options.json)
			return print(
				JSON.stringify({ database: database.name, ...endpoint, dryRun, changes, warnings: shown }),
			);
		for (const warning of warnings) process.stderr.write(`${formatWarning(warning)}\n`);
		if (dryRun) for (const { summary, sql } of changes) print(`would have ${summary}\n  ${sql};`);
		print(
			closingLine(`database "${database.name}" on ${endpoint.host}:${endpoint.port}`, changes.length, dryRun),
		);
	});

await runCommand(command, process.argv.slice(2));

function closingLine(database: string, count: number, dryRun: boolean): string {
	if (count === 0) return `nothing to do: ${database} is ready`;
	const changes = count === 1 ? '1 change' : `${count} changes`;
	return dryRun ? `${database} needs ${changes}; none was made` : `${database} is ready: ${changes}`;
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

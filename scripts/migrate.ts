import { join, relative } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { confirm, defineCommand, runCommand } from '../src/cli/index.ts';
import type { Connection } from '../src/connection/index.ts';
import {
	createMigration,
	type MigrationStatus,
	migrateDown,
	migrateUp,
	migrationStatus,
	refuseDivergence,
} from '../src/database/migrations/index.ts';
import { withDatabaseServer } from '../src/dev/index.ts';
import { loadSettings, migratorConnection } from '../src/settings/index.ts';

const root = join(import.meta.dirname, '..');

interface Options {
	readonly directory: string;
}

const command = defineCommand(
	'scripts/migrate',
	'The schema of the database that the settings name or, when they name no server, of scripts/dev. Runs as the migrator.',
)
	.addCommand(subcommand('up', 'apply what is pending, each file in a transaction of its own').action(up))
	.addCommand(
		subcommand('down', 'revert what was applied last; the data that went with it are lost')
			.option('--count <n>', 'how many', parseCount, 1)
			.option('--yes', 'do not ask; needed where there is no terminal to ask on')
			.action(down),
	)
	.addCommand(
		subcommand('status', 'what is applied and what is not')
			.option('--json', 'as JSON')
			.addHelpText(
				'after',
				'\nExit code: 0 all applied, 3 some pending, 1 files and database do not fit, or a failure',
			)
			.action(status),
	)
	.addCommand(
		subcommand('new', 'write an empty migration and print its path')
			.argument('<name...>', 'what it does, in a few words')
			.action(create),
	);

await runCommand(command, process.argv.slice(2));

async function up({ directory }: Options): Promise<void> {
	const onMigrated = (name: string) => print(`applied ${name}`);
	await withMigrator(async (connection) => {
		const applied = await migrateUp(connection, directory, { onProgress: tell, onMigrated });
		if (applied.length === 0) tell('nothing is pending');
	});
}

async function down({ directory, count, yes }: Options & { count: number; yes?: true }): Promise<void> {
	await withMigrator(async (connection) => {
		const applied = (await migrationStatus(connection, directory)).filter(isApplied);
		if (applied.length === 0) return tell('nothing is applied');
		const last = applied.slice(-count).toReversed();
		if (!yes) await confirm(`revert ${last.map(({ name }) => name).join(', ')}`);
		const onMigrated = (name: string) => print(`reverted ${name}`);
		await migrateDown(connection, directory, { count, onProgress: tell, onMigrated });
	});
}

async function status({ directory, json }: Options & { json?: true }): Promise<void> {
	await withMigrator(async (connection) => {
		const statuses = await migrationStatus(connection, directory);
		print(json ? JSON.stringify(statuses, undefined, '\t') : toTable(statuses));
		refuseDivergence(statuses, directory);
		if (statuses.some(({ state }) => state === 'pending')) process.exitCode = 3;
	});
}

async function create(words: readonly string[], { directory }: Options): Promise<void> {
	print(await createMigration(directory, words.join(' ')));
}

function subcommand(name: string, description: string): Command {
	const migrations = relative(process.cwd(), join(root, 'migrations')) || '.';
	return defineCommand(name, description).option(
		'--directory <path>',
		'where the migrations are',
		migrations,
	);
}

async function withMigrator(use: (connection: Connection) => Promise<void>): Promise<void> {
	const sources = { environment: process.env, envFile: join(root, '.env') };
	const settings = loadSettings(sources, { roles: ['migrator'] });
	await withDatabaseServer(settings, root, (endpoint) => use(migratorConnection(settings, endpoint)));
}

function parseCount(text: string): number {
	if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It is a number from 1.');
	return Number(text);
}

function isApplied({ state }: MigrationStatus): boolean {
	return state !== 'pending' && state !== 'out-of-order';
}

function toTable(statuses: readonly MigrationStatus[]): string {
	const rows = statuses.map(({ name, state, appliedAt }) => [state, appliedAt?.toISOString() ?? '', name]);
	return [['STATE', 'APPLIED AT', 'MIGRATION'], ...rows]
		.map(([state = '', at = '', name = '']) => `${state.padEnd(13)} ${at.padEnd(25)} ${name}`)
		.join('\n');
}

function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

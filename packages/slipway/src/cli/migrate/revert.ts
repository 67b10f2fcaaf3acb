import { type Command, Option } from 'commander';
import {
	type MigrateDownOptions,
	migrateDown,
	migrateRedo,
	nameSome,
} from '../../database/migrations/index.ts';
import { print, report } from '../output.ts';
import type { Project } from '../project.ts';
import { type ApprovalOptions, approveLoss, withApprovalOptions } from './approval.ts';
import { reportInterruption } from './interruption.ts';
import { withMigratorLogin } from './login.ts';
import { parseCount, type RunOptions, toMigrateOptions, withRunOptions } from './run-options.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption, RunOptions, ApprovalOptions {
	readonly count?: number;
	readonly to?: string;
	readonly all?: true;
}

export function downCommand(project: Project): Command {
	return define('down', 'revert the last applied migration; data that it added is lost').action(
		(options: Options) => revert(project, migrateDown, 'revert', options),
	);
}

export function redoCommand(project: Project): Command {
	return define(
		'redo',
		'revert the last applied migration and apply it again; data that it added is lost',
	).action((options: Options) => revert(project, migrateRedo, 'revert and apply again', options));
}

function define(name: string, description: string): Command {
	const command = defineSubcommand(name, description)
		.option('--count <n>', 'how many to revert (default: 1)', parseCount)
		.addOption(new Option('--to <name>', 'the last migration to keep').conflicts('count'))
		.addOption(new Option('--all', 'revert everything').conflicts(['count', 'to']));
	return withApprovalOptions(withRunOptions(command));
}

async function revert(
	project: Project,
	migrate: typeof migrateDown,
	operation: string,
	{ directory, count, to, all, ...options }: Options,
): Promise<void> {
	await withMigratorLogin(project, async (connection, settings) => {
		const target: MigrateDownOptions = {
			...(count !== undefined && { count }),
			...(to !== undefined && { to }),
			...(all && { all }),
		};
		const reverted = new Set<string>();
		const onMigrated = (name: string) => {
			print(`${reverted.has(name) ? 'applied' : 'reverted'} ${name}`);
			reverted.add(name);
		};
		const migrateOptions = {
			...toMigrateOptions(options, settings, onMigrated),
			...target,
			approve: (names: readonly string[]) =>
				approveLoss(`${operation} ${nameSome(names)}`, options, settings),
		};
		const names = await reportInterruption(project, () => migrate(connection, directory, migrateOptions));
		if (names.length === 0)
			report(to === undefined ? 'nothing is applied' : `nothing is applied after ${to}`);
	});
}

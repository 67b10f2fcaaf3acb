import { type Command, Option } from 'commander';
import {
	type MigrateDownOptions,
	migrateDown,
	migrateRedo,
	nameSome,
} from '../../database/migrations/index.ts';
import type { Project } from '../project.ts';
import { type ApprovalOptions, approveLoss, withApprovalOptions } from './approval.ts';
import { tellWhenInterrupted } from './interruption.ts';
import { withMigratorLogin } from './login.ts';
import { print, tell } from './output.ts';
import { parseCount, type RunOptions, toMigrateOptions, withRunOptions } from './run-options.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption, RunOptions, ApprovalOptions {
	readonly count?: number;
	readonly to?: string;
	readonly all?: true;
}

export function downCommand(project: Project): Command {
	return define('down', 'revert what was applied last; the data that went with it are lost').action(
		(options: Options) => revert(project, migrateDown, 'revert', options),
	);
}

export function redoCommand(project: Project): Command {
	return define(
		'redo',
		'revert what was applied last and apply it again; the data that went with it are lost',
	).action((options: Options) => revert(project, migrateRedo, 'revert and apply again', options));
}

function define(name: string, description: string): Command {
	const command = defineSubcommand(name, description)
		.option('--count <n>', 'how many (1)', parseCount)
		.addOption(new Option('--to <name>', 'the one that stays as the last').conflicts('count'))
		.addOption(new Option('--all', 'everything').conflicts(['count', 'to']));
	return withApprovalOptions(withRunOptions(command));
}

async function revert(
	project: Project,
	migrate: typeof migrateDown,
	deed: string,
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
		const given = {
			...toMigrateOptions(options, settings, onMigrated),
			...target,
			approve: (names: readonly string[]) => approveLoss(`${deed} ${nameSome(names)}`, options, settings),
		};
		const names = await tellWhenInterrupted(() => migrate(connection, directory, given));
		if (names.length === 0) tell(to === undefined ? 'nothing is applied' : `nothing is applied after ${to}`);
	});
}

import type { Command } from 'commander';
import { nameSome, printable, type StampChange, stampMigrations } from '../../database/migrations/index.ts';
import { confirm } from '../../terminal/index.ts';
import type { Project } from '../project.ts';
import { withYesOption } from './approval.ts';
import { withMigratorLogin } from './login.ts';
import { print, tell } from './output.ts';
import { printSql } from './run-options.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption {
	readonly none?: true;
	readonly yes?: true;
	readonly dryRun?: boolean;
}

export function stampCommand(project: Project): Command {
	const command = defineSubcommand(
		'stamp',
		'note that a migration and all before it are applied as their files are, and nothing else is; runs none of them',
	)
		.argument('[name]', 'the last one that is applied; the beginning of its name will do')
		.option('--none', 'instead: note that nothing is applied')
		.option('--dry-run', 'print the SQL that would run, and run nothing');
	return withYesOption(command).action(async (name: string | undefined, options: Options) => {
		if ((name === undefined) !== (options.none === true))
			command.error('error: name the last migration that is applied, or say --none');
		await stamp(project, name, options);
	});
}

async function stamp(
	project: Project,
	name: string | undefined,
	{ directory, yes, dryRun = false }: Options,
): Promise<void> {
	const approve = async (changes: readonly StampChange[]) => {
		if (!yes) await confirm(`note ${nameSome(changes.map(describe))}`);
	};
	await withMigratorLogin(project, async (connection) => {
		const options = { approve, dryRun, onProgress: tell, ...(dryRun && { onSql: printSql }) };
		const changes = await stampMigrations(connection, directory, name, options);
		if (changes.length === 0) tell('the ledger says so already');
		else if (!dryRun) for (const change of changes) print(`noted ${describe(change)}`);
	});
}

const describe = ({ name, action }: StampChange) =>
	`${printable(name)} as ${action === 'stamp' ? 'applied' : 'not applied'}`;

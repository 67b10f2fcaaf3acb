import type { Command } from 'commander';
import { nameSome, printable, type StampChange, stampMigrations } from '../../database/migrations/index.ts';
import { confirm } from '../../terminal/index.ts';
import { print, report } from '../output.ts';
import type { Project } from '../project.ts';
import { withYesOption } from './approval.ts';
import { withMigratorLogin } from './login.ts';
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
		'record that exactly a migration and all before it are applied, without running them',
	)
		.argument('[name]', 'the last applied migration; the beginning of its name is enough')
		.option('--none', 'instead: record that nothing is applied')
		.option('--dry-run', 'print the SQL without running it');
	return withYesOption(command).action(async (name: string | undefined, options: Options) => {
		if ((name === undefined) !== (options.none === true))
			command.error('error: pass the name of the last applied migration, or --none');
		await stamp(project, name, options);
	});
}

async function stamp(
	project: Project,
	name: string | undefined,
	{ directory, yes, dryRun = false }: Options,
): Promise<void> {
	const approve = async (changes: readonly StampChange[]) => {
		if (!yes) await confirm(`record ${nameSome(changes.map(describe))}`);
	};
	await withMigratorLogin(project, async (connection) => {
		const options = { approve, dryRun, onProgress: report, ...(dryRun && { onSql: printSql }) };
		const changes = await stampMigrations(connection, directory, name, options);
		if (changes.length === 0) report('nothing to change: the ledger already says so');
		else if (!dryRun) for (const change of changes) print(`recorded ${describe(change)}`);
	});
}

const describe = ({ name, action }: StampChange) =>
	`${printable(name)} as ${action === 'stamp' ? 'applied' : 'not applied'}`;

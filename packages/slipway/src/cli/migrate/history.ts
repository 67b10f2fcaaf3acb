import type { Command } from 'commander';
import { migrationHistory } from '../../database/migrations/index.ts';
import { printJson } from '../output.ts';
import type { Project } from '../project.ts';
import { withMigratorLogin } from './login.ts';
import { printTable } from './output.ts';
import { defineSubcommand } from './subcommand.ts';

export function historyCommand(project: Project): Command {
	return defineSubcommand('history', 'show what was applied, reverted and stamped, when and by whom')
		.option('--json', 'print JSON')
		.action(({ json }: { json?: true }) => history(project, json ?? false));
}

async function history(project: Project, json: boolean): Promise<void> {
	await withMigratorLogin(project, async (connection) => {
		const events = await migrationHistory(connection);
		if (json) return printJson(events);
		printTable(
			['AT', 'ACTION', 'BY', 'ROLE', 'MIGRATION'],
			events.map(({ at, action, origin, role, name }) => [at.toISOString(), action, origin, role, name]),
		);
	});
}

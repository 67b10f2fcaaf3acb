import type { Command } from 'commander';
import { clientVariables, quoteForShell } from '../connection/index.ts';
import { defineCommand } from '../terminal/index.ts';
import { type AsOption, asOption, devLogin } from './dev-login.ts';
import { print, printJson } from './output.ts';
import type { Project } from './project.ts';

interface Options extends AsOption {
	readonly json?: true;
}

export function envCommand(project: Project): Command {
	return defineCommand(
		project.commandName('env'),
		'Prints the login of the dev database as DATABASE_URL and PG… variables, with its password. In a shell: ' +
			`eval "$(${project.commandName('env')})"`,
	)
		.addOption(asOption())
		.option('--json', 'print one JSON object')
		.action((options: Options) => env(project, options));
}

async function env(project: Project, { as, json }: Options): Promise<void> {
	const variables = clientVariables(await devLogin(project, as));
	const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoteForShell(value)}`);
	if (json) printJson(variables);
	else print(lines.join('\n'));
}

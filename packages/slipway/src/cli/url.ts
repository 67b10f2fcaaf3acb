import type { Command } from 'commander';
import { toLogin } from '../connection/index.ts';
import { defineCommand } from '../terminal/index.ts';
import { type AsOption, asOption, devLogin } from './dev-login.ts';
import { print } from './output.ts';
import type { Project } from './project.ts';

export function urlCommand(project: Project): Command {
	return defineCommand(
		project.commandName('url'),
		'Prints the URL of the dev database, with its password, for an application or a tool.',
	)
		.addOption(asOption())
		.action(async ({ as }: AsOption) => {
			print(toLogin(await devLogin(project, as)).url);
		});
}

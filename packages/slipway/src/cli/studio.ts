import { once } from 'node:events';
import { type Command, InvalidArgumentError } from 'commander';
import { describeConnection } from '../connection/index.ts';
import { startStudio } from '../studio/index.ts';
import { defineCommand } from '../terminal/index.ts';
import { type AsOption, asOption, devLogin } from './dev-login.ts';
import { openInBrowser } from './open-in-browser.ts';
import { print, printJson, report } from './output.ts';
import type { Project } from './project.ts';

interface Options extends AsOption {
	readonly port?: number;
	readonly write?: boolean;
	readonly json?: true;
	readonly open?: true;
}

export function studioCommand(project: Project): Command {
	return defineCommand(
		project.commandName('studio'),
		'Serves a table browser for the dev database on this machine until Ctrl-C, and prints its address, which contains a ' +
			'token. Read-only by default.',
	)
		.addOption(asOption())
		.option('--write', 'allow changes')
		.option('--port <port>', 'the port to listen on (default: a free one)', parsePort)
		.option('--open', 'open it in the browser')
		.option('--json', 'print a JSON object')
		.action((options: Options) => studio(project, options));
}

async function studio(project: Project, { as, write = false, port = 0, json, open }: Options): Promise<void> {
	const login = await devLogin(project, as);
	const stopped = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
	const commandToWrite = `${project.commandName('studio')} --write`;
	await using running = await startStudio({ login, write, port, commandToWrite });
	const { url } = running;
	report(`${describeConnection(login)}, ${write ? 'with changes allowed' : 'read-only'}; Ctrl-C stops it`);
	if (json) printJson({ url, role: as, write });
	else print(url);
	if (open && !(await openInBrowser(running.createTicket())))
		report('no program was found that opens the browser: open the address yourself');
	await stopped;
}

function parsePort(text: string): number {
	const port = Number(text);
	if (/^\d+$/.test(text) && port <= 65_535) return port;
	throw new InvalidArgumentError('It is not a port: use a number from 0 to 65535.');
}

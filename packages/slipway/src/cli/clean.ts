import type { Command } from 'commander';
import { type Cleaned, clean, erase } from '../clean/index.ts';
import { readTestServer } from '../settings/index.ts';
import { confirm, defineCommand } from '../terminal/index.ts';
import { print, printJson, report } from './output.ts';
import { envFileOf, type Project } from './project.ts';

interface Options {
	readonly erase?: true;
	readonly yes?: true;
	readonly json?: true;
}

export function cleanCommand(project: Project): Command {
	return defineCommand(
		project.commandName('clean'),
		'Removes what killed runs left behind: containers, servers, temporary folders, databases on a shared test server. Leaves alone what belongs to running commands or to other users.',
	)
		.option(
			'--erase',
			'also remove the dev data and the snapshots of this project; the next tests create new snapshots',
		)
		.option('--yes', 'do not ask for confirmation; required without a terminal')
		.option('--json', 'print one JSON object')
		.action((options: Options) => run(project, options));
}

async function run(project: Project, options: Options): Promise<void> {
	const { root, environment } = project;
	const testServer = readTestServer(environment, envFileOf(project));
	if (options.erase && !options.yes) await confirm(`erase the dev data and the snapshots of ${root}`);
	const { removed, ...unchecked } = await clean(root, testServer);
	const erased = options.erase ? await erase(root) : [];
	const result = { ...unchecked, removed: [...removed, ...erased] };
	if (options.json) printJson(result);
	else printRemoved(result);
}

function printRemoved({ removed, engine, testServer }: Cleaned): void {
	if (engine !== undefined) report(`containers were not checked: ${engine}`);
	if (testServer !== undefined) report(`the shared test server was not checked: ${testServer}`);
	for (const { kind, name } of removed) print(`removed ${kind} ${name}`);
	if (removed.length === 0) report('nothing to remove');
}

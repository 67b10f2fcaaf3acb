import type { Command } from 'commander';
import { type Cleaned, clean, erase } from '../clean/index.ts';
import { confirm, defineCommand } from '../terminal/index.ts';
import { print, printJson, report } from './output.ts';
import type { Project } from './project.ts';

interface Options {
	readonly erase?: true;
	readonly yes?: true;
	readonly json?: true;
}

export function cleanCommand(project: Project): Command {
	return defineCommand(
		project.commandName('clean'),
		'Removes what killed runs left behind: containers, servers, temporary folders. Leaves alone what belongs to running commands or to other users.',
	)
		.option(
			'--erase',
			'also remove the dev data and the snapshots of this project; the next tests create new snapshots',
		)
		.option('--yes', 'do not ask for confirmation; required without a terminal')
		.option('--json', 'print one JSON object')
		.action((options: Options) => run(project, options));
}

async function run({ root }: Project, options: Options): Promise<void> {
	if (options.erase && !options.yes) await confirm(`erase the dev data and the snapshots of ${root}`);
	const { removed, engine } = await clean(root);
	const erased = options.erase ? await erase(root) : [];
	const result = { ...(engine !== undefined && { engine }), removed: [...removed, ...erased] };
	if (options.json) printJson(result);
	else printRemoved(result);
}

function printRemoved({ removed, engine }: Cleaned): void {
	if (engine !== undefined) report(`containers were not checked: ${engine}`);
	for (const { kind, name } of removed) print(`removed ${kind} ${name}`);
	if (removed.length === 0) report('nothing to remove');
}

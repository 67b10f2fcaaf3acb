import type { Command } from 'commander';
import { type Cleaned, clean, erase } from '../clean/index.ts';
import { confirm, defineCommand } from '../terminal/index.ts';
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
	if (options.json) process.stdout.write(`${JSON.stringify(result, undefined, '\t')}\n`);
	else report(result);
}

function report({ removed, engine }: Cleaned): void {
	if (engine !== undefined) process.stderr.write(`containers were not checked: ${engine}\n`);
	for (const { kind, name } of removed) process.stdout.write(`removed ${kind} ${name}\n`);
	if (removed.length === 0) process.stderr.write('nothing to remove\n');
}

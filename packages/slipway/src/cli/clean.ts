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
		'Ends and removes what killed runs left: containers, servers, temporary folders. What belongs to a run that lives, or to somebody else, is left alone.',
	)
		.option(
			'--erase',
			'also removes the dev data of this checkout, and its snapshots, which the next tests make anew',
		)
		.option('--yes', 'does not ask; needed where there is no terminal to ask on')
		.option('--json', 'prints one JSON object')
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
	if (engine !== undefined) process.stderr.write(`containers were not looked for: ${engine}\n`);
	for (const { kind, name } of removed) process.stdout.write(`removed ${kind} ${name}\n`);
	if (removed.length === 0) process.stderr.write('nothing was left\n');
}

import { type Command, InvalidArgumentError } from 'commander';
import { type DetectedProject, detectProject } from '../detection/index.ts';
import {
	describePlan,
	describeProject,
	type Extra,
	extras,
	makePlan,
	type Plan,
	type Undone,
	undoInit,
	writePlan,
} from '../init/index.ts';
import { ask, confirm, defineCommand, isInteractive, withCommandNames } from '../terminal/index.ts';
import { print, printJson } from './output.ts';
import type { Project } from './project.ts';

interface Options {
	readonly with?: readonly Extra[];
	readonly yes?: true;
	readonly dryRun?: true;
	readonly undo?: true;
	readonly json?: true;
}

export function initCommand(project: Project): Command {
	return defineCommand(
		project.commandName('init'),
		'Sets Slipway up in this project: looks at what it uses, shows what it will write, asks, and writes the ' +
			'configuration, the setup of the tests and a first test. Files that exist stay as they are, except for the ' +
			'configuration of vitest or Jest, whose edit is shown first.',
	)
		.option('--with <names>', `also write ${extras.join(', ')}: names with commas between them`, parseExtras)
		.option('--yes', 'accept what was found; required without a terminal')
		.option('--dry-run', 'show the files with their text, and write nothing')
		.option('--undo', 'take back what init has written, except to files that were changed since')
		.option('--json', 'print one JSON object')
		.action((options: Options) => (options.undo ? undo(project, options) : init(project, options)));
}

function parseExtras(names: string): readonly Extra[] {
	return names.split(',').map((name) => {
		const found = extras.find((each) => each === name.trim());
		if (found === undefined) throw new InvalidArgumentError(`Choose from ${extras.join(', ')}.`);
		return found;
	});
}

async function init(project: Project, options: Options): Promise<void> {
	const detected = detectProject(project.root);
	const { yes, dryRun = false, json } = options;
	if (!json) print(`${describeProject(detected)}\n`);
	const plan = planOf(detected, options.with ?? (yes || dryRun || !isInteractive() ? [] : await askExtras()));
	if (!json) print(withCommandNames(describePlan(plan, dryRun), project.commandName));
	if (!dryRun && plan.changes.length > 0) {
		if (!yes) await confirm('write these files', { isDefault: true });
		writePlan(project.root, plan);
	}
	if (json) printJson({ project: summaryOf(detected), dryRun, ...plan });
	else if (!dryRun && plan.changes.length > 0)
		print(`\nWritten. To take it back: ${project.commandName('init')} --undo`);
}

const planOf = (project: DetectedProject, chosen: readonly Extra[]): Plan =>
	makePlan({
		project,
		extras: extras.filter((name) => chosen.includes(name)),
		runsTypeScript: Boolean(process.features.typescript),
	});

async function askExtras(): Promise<readonly Extra[]> {
	const answer = await ask(`Also write any of ${extras.join(', ')}? Names, or Enter for none: `);
	return extras.filter((name) => answer.toLowerCase().includes(name));
}

function undo({ root }: Project, { json }: Options): void {
	const undone = undoInit(root);
	if (json) printJson(undone);
	else printUndone(undone);
}

function printUndone({ removed, restored, kept }: Undone): void {
	for (const path of removed) print(`removed ${path}`);
	for (const path of restored) print(`restored ${path}`);
	for (const path of kept) print(`kept ${path}, which was changed since`);
	if (removed.length + restored.length + kept.length === 0) print('nothing to undo');
}

const summaryOf = ({
	folder,
	packageManager,
	migrations,
	client,
	testRunner,
	devCommand,
	postgres,
	urlVariables,
}: DetectedProject) => ({
	root: folder.root,
	packageManager: packageManager.name,
	migrations,
	client,
	testRunner,
	devCommand,
	postgres,
	urlVariables,
});

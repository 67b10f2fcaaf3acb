import type { Command } from 'commander';
import { type DevDatabase, dropData, listDatabases } from '../../database/dev-data/index.ts';
import { SlipwayError } from '../../errors.ts';
import { confirm, defineCommand } from '../../terminal/index.ts';
import { print } from '../output.ts';
import type { Project } from '../project.ts';
import { branchStates } from './branch-states.ts';
import { type CurrentData, withCurrentData } from './data.ts';
import { requireData } from './names.ts';

interface Options {
	readonly merged?: true;
	readonly yes?: true;
}

export function dropCommand(project: Project): Command {
	return defineCommand('drop', 'drop a saved state, or the data of a branch that is not in use')
		.argument('[name]', 'the name of a saved state, or of a branch; branch:NAME if there are both')
		.option('--merged', 'the data of all branches that are deleted, or merged into the default branch')
		.option('--yes', 'do not ask for confirmation; required without a terminal')
		.action((name: string | undefined, options: Options) => drop(project, name, options));
}

async function drop(project: Project, name: string | undefined, { merged, yes }: Options): Promise<void> {
	if ((name === undefined) !== Boolean(merged)) throw whatToDrop();
	await withCurrentData(project, async (current) => {
		const found = name === undefined ? await findMerged(project, current) : [await findOne(current, name)];
		if (found.length === 0) return current.report('no branch with data is deleted or merged');
		const labels = found.map(labelOf).join(', ');
		if (!yes) await confirm(`drop ${labels}`);
		for (const database of found) {
			await dropData(current.data, database.name);
			print(`dropped ${labelOf(database)}`);
		}
	});
}

async function findOne({ data, settings, checkout }: CurrentData, name: string): Promise<DevDatabase> {
	const found = requireData(await listDatabases(data.sql, data.project), name, checkout);
	if (found.name === settings.database.name) throw inUse(name);
	return found;
}

async function findMerged({ root }: Project, current: CurrentData): Promise<readonly DevDatabase[]> {
	const { data, settings, checkout } = current;
	if (checkout === undefined) return [];
	const databases = await listDatabases(data.sql, data.project);
	const states = await branchStates(root, databases, data.project);
	return databases.filter(
		({ name, note }) =>
			note?.kind === 'branch' &&
			note.checkout === checkout &&
			![settings.database.name, data.project].includes(name) &&
			states(note.branch) !== undefined,
	);
}

function labelOf({ name, note }: DevDatabase): string {
	if (note?.kind === 'branch') return `the data of the branch ${JSON.stringify(note.branch)}`;
	return note?.kind === 'state' ? `the saved state ${JSON.stringify(note.name)}` : name;
}

function inUse(name: string): SlipwayError {
	return new SlipwayError(
		'data-in-use',
		`${JSON.stringify(name)} is the data that this checkout uses`,
		'Check out another branch first. Or build it again: npx slipway db reset',
	);
}

function whatToDrop(): SlipwayError {
	return new SlipwayError(
		'no-name-to-drop',
		'npx slipway db drop needs either a name or --merged',
		'Run npx slipway db list to see what there is.',
	);
}

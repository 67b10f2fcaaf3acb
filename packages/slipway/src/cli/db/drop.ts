import type { Command } from 'commander';
import { type DevDatabase, dropData, listDatabases } from '../../database/dev-data/index.ts';
import { settingsInUse } from '../../dev/index.ts';
import { SlipwayError } from '../../errors.ts';
import { confirm, defineCommand } from '../../terminal/index.ts';
import { print } from '../output.ts';
import { type Project, settingsOf } from '../project.ts';
import { branchStates } from './branch-states.ts';
import { type DevDataServer, withDevDataServer } from './data.ts';
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
	const settings = await settingsOf(project);
	await withDevDataServer(project, async (server) => {
		const find = async () => {
			const { name: last } = settingsInUse(project.root, server.config, settings).database;
			const inUse = [server.settings.database.name, last];
			return name === undefined
				? await findMerged(project, server, inUse)
				: [await findOne(server, name, inUse)];
		};
		const confirmed = await find();
		if (confirmed.length === 0) return server.report('no branch with data is deleted or merged');
		if (!yes) await confirm(`drop ${confirmed.map(labelOf).join(', ')}`);
		await server.change(async (data) => {
			// Another command may have changed it meanwhile, or started to use it.
			const found = (await find()).filter((each) => confirmed.some((one) => one.name === each.name));
			for (const database of found) {
				await dropData(data, database.name);
				print(`dropped ${labelOf(database)}`);
			}
		});
	});
}

/** The databases that this checkout uses, and has used when the command began. */
type InUse = readonly string[];

async function findOne(server: DevDataServer, name: string, inUse: InUse): Promise<DevDatabase> {
	const { sql, name: configured, checkout } = server;
	const found = requireData(await listDatabases(sql, configured), name, checkout);
	if (inUse.includes(found.name)) throw dataInUse(name);
	return found;
}

async function findMerged(
	{ root }: Project,
	server: DevDataServer,
	inUse: InUse,
): Promise<readonly DevDatabase[]> {
	const { sql, name: configured, checkout } = server;
	if (checkout === undefined) return [];
	const databases = await listDatabases(sql, configured);
	const states = await branchStates(root, databases, configured);
	return databases.filter(
		({ name, note }) =>
			note?.kind === 'branch' &&
			note.checkout === checkout &&
			![...inUse, configured].includes(name) &&
			states(note.branch) !== undefined,
	);
}

function labelOf({ name, note }: DevDatabase): string {
	if (note?.kind === 'branch') return `the data of the branch ${JSON.stringify(note.branch)}`;
	return note?.kind === 'state' ? `the saved state ${JSON.stringify(note.name)}` : name;
}

function dataInUse(name: string): SlipwayError {
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

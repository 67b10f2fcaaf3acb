import { SlipwayError } from '../../errors.ts';
import { dropDatabase } from '../template/index.ts';
import { readAppliedMigrations } from './applied.ts';
import { type DevDatabase, listDatabases, requireReadable } from './catalog.ts';
import { withCopy } from './copy.ts';
import type { DevData } from './dev-data.ts';
import { stateDatabaseName } from './names.ts';
import type { StateNote } from './note.ts';
import { exchangeWithUndo, publish, replaceDatabase } from './publish.ts';

export interface SaveOptions {
	/** Whether a state of this name may be replaced. Default: false. */
	readonly replace?: boolean;
}

/** Saves `source` as the state `name`. Throws `state-exists`. */
export async function saveState(
	data: DevData,
	source: string,
	name: string,
	{ replace = false }: SaveOptions = {},
): Promise<void> {
	const { sql, project } = data;
	const databases = await listDatabases(sql, project);
	const existing = findState(databases, name);
	if (existing !== undefined && !replace) throw stateExists(name);
	const note = databases.find((each) => each.name === source)?.note;
	const { from, migrations } =
		note?.kind === 'state'
			? note
			: {
					from: note?.kind === 'branch' ? note.branch : source,
					migrations: await migrationsIn(data, source),
				};
	await withCopy(data, source, async (copy) => {
		const at = new Date().toISOString();
		const state: StateNote = { kind: 'state', project, name, from, migrations, at };
		await publish(data, copy, existing?.name ?? stateDatabaseName(project, name), state);
	});
}

/** The app may read the ledgers, and the admin may not if it is no superuser. */
const migrationsIn = ({ admin, settings }: DevData, database: string) =>
	readAppliedMigrations({ ...admin, ...settings.migrator, database });

/** Puts a copy of the database `source` in the place of `target`, which is kept as its undo state. */
export async function copyOver(data: DevData, source: string, target: string): Promise<void> {
	await withCopy(data, source, (copy) => replaceDatabase(data, copy, target));
}

/** Takes the last restore, reset or copy of `target` back. Throws `nothing-to-undo`. */
export async function undoReplacement(data: DevData, target: string): Promise<void> {
	if (await exchangeWithUndo(data, target)) return;
	throw new SlipwayError(
		'nothing-to-undo',
		`the database ${JSON.stringify(target)} has not been restored, reset or copied to`,
		'Restore a saved state by its name. npx slipway db list shows which there are.',
	);
}

/** Throws `no-state`, which lists the states, and `dev-data-too-new`. */
export async function requireState({ sql, project }: DevData, name: string): Promise<DevDatabase> {
	const databases = await listDatabases(sql, project);
	const state = findState(databases, name);
	if (state === undefined) throw noState(databases, name);
	requireReadable(state);
	return state;
}

export const findState = (databases: readonly DevDatabase[], name: string): DevDatabase | undefined =>
	databases.find(({ note }) => note?.kind === 'state' && note.name === name);

/** Drops a database of the project with its undo state. Clients that are connected are disconnected. */
export async function dropData({ sql, project }: DevData, name: string): Promise<void> {
	const undo = (await listDatabases(sql, project)).filter(
		({ note }) => note?.kind === 'undo' && note.of === name,
	);
	for (const database of [...undo.map((each) => each.name), name]) await dropDatabase(sql, database);
}

function noState(databases: readonly DevDatabase[], name: string): SlipwayError {
	const names = databases.flatMap(({ note }) => (note?.kind === 'state' ? [note.name] : []));
	return new SlipwayError(
		'no-state',
		`there is no saved state ${JSON.stringify(name)}`,
		names.length === 0
			? 'Save one first: npx slipway db save NAME'
			: `The saved states are: ${names.toSorted().join(', ')}`,
	);
}

const stateExists = (name: string) =>
	new SlipwayError(
		'state-exists',
		`there is a saved state ${JSON.stringify(name)} already`,
		'Choose another name, or pass --replace to save over it.',
	);

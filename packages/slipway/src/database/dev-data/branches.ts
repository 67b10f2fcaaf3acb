import { type Connection, maintenanceDatabase, withClient } from '../../connection/index.ts';
import { bootstrapDatabase } from '../bootstrap/index.ts';
import { type DevDatabase, listDatabases, requireReadable } from './catalog.ts';
import { withCopy, withTemporary } from './copy.ts';
import type { DevData } from './dev-data.ts';
import { branchDatabaseName } from './names.ts';
import type { BranchNote } from './note.ts';
import { findOrigin, type Origins } from './origin.ts';
import { comment, databaseExists, publish } from './publish.ts';

/** A git branch in one checkout. */
export interface Branch {
	readonly branch: string;
	readonly checkout: string;
}

export interface NewBranch extends Branch, Origins {
	/** The names that git has renamed to this one. */
	readonly formerNames: readonly string[];
}

export interface BranchDatabase {
	readonly name: string;
	/** Its migrations and seeds have not all run yet. */
	readonly isNew: boolean;
	/** If it has just been created: what it is a copy of, or undefined for an empty database. */
	readonly origin?: string | undefined;
}

/** The database of a branch, if it has one. */
export async function findBranchDatabase(
	admin: Connection,
	project: string,
	branch: Branch,
): Promise<BranchDatabase | undefined> {
	return await withClient({ ...admin, database: maintenanceDatabase }, async (sql) =>
		select(await listDatabases(sql, project), branch),
	);
}

/** The database `name` if it exists, or else that of the settings. */
export async function existingDatabase(admin: Connection, project: string, name: string): Promise<string> {
	return await withClient({ ...admin, database: maintenanceDatabase }, async (sql) =>
		(await databaseExists({ sql }, name)) ? name : project,
	);
}

/**
 * Gives a branch its database: the one of its former name; that of the settings if it has no branch yet; or a new one, as a
 * copy of the best origin.
 */
export async function createBranchDatabase(data: DevData, wanted: NewBranch): Promise<BranchDatabase> {
	const { sql, admin, project, settings } = data;
	const databases = await listDatabases(sql, project);
	// Another command may have been a moment earlier.
	const existing = select(databases, wanted);
	if (existing !== undefined) return existing;
	const former = databases.find(({ note }) => isOf(note, wanted, wanted.formerNames));
	if (former !== undefined) return await assign(data, former.name, wanted);
	const configured = databases.find(({ name }) => name === project);
	if (configured === undefined) await bootstrapDatabase(admin, { ...settings, name: project });
	if (configured?.note === undefined) return await assign(data, project, wanted);
	return await create(data, databases, wanted);
}

/** Notes that the branch was picked now or, with `isNew`, that it is not complete yet. */
export async function noteBranch(data: DevData, name: string, branch: Branch, isNew = false): Promise<void> {
	await data.sql.unsafe(comment(name, noteOf(data, branch, isNew)));
}

async function assign(data: DevData, name: string, branch: Branch): Promise<BranchDatabase> {
	await noteBranch(data, name, branch);
	return { name, isNew: false };
}

async function create(
	data: DevData,
	databases: readonly DevDatabase[],
	wanted: NewBranch,
): Promise<BranchDatabase> {
	const { admin, project, settings } = data;
	const name = branchDatabaseName(project, wanted.branch, wanted.checkout);
	// Its note was removed. Nothing is lost that a person has not dropped.
	if (await databaseExists(data, name)) return await assign(data, name, wanted);
	const note = noteOf(data, wanted, true);
	const origin = await findOrigin(data, databases, wanted);
	if (origin !== undefined) {
		await withCopy(data, origin.name, (copy) => publish(data, copy, name, note));
		return { name, isNew: true, origin: labelOf(origin) };
	}
	await withTemporary(data, async (temporary) => {
		await bootstrapDatabase(admin, { ...settings, name: temporary });
		await publish(data, temporary, name, note);
	});
	return { name, isNew: true, origin: undefined };
}

const noteOf = ({ project }: DevData, { branch, checkout }: Branch, isNew: boolean): BranchNote => ({
	kind: 'branch',
	project,
	branch,
	checkout,
	at: new Date().toISOString(),
	...(isNew && { isNew }),
});

function select(databases: readonly DevDatabase[], wanted: Branch): BranchDatabase | undefined {
	const found = databases.find(({ note }) => isOf(note, wanted, [wanted.branch]));
	if (found === undefined) return undefined;
	requireReadable(found);
	return { name: found.name, isNew: found.note?.kind === 'branch' && found.note.isNew === true };
}

const isOf = (note: DevDatabase['note'], { checkout }: Branch, names: readonly string[]) =>
	note?.kind === 'branch' && note.checkout === checkout && names.includes(note.branch);

/** For a person. */
function labelOf({ name, note }: DevDatabase): string {
	if (note?.kind === 'state') return `the saved state ${JSON.stringify(note.name)}`;
	return note?.kind === 'branch' ? `the branch ${JSON.stringify(note.branch)}` : name;
}

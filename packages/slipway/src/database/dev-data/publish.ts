import { quoteIdentifier, quoteLiteral } from '../../sql.ts';
import { listDatabases } from './catalog.ts';
import type { DevData } from './dev-data.ts';
import { explainFailure } from './failures.ts';
import { temporaryName, undoDatabaseName } from './names.ts';
import { formatNote, type Note } from './note.ts';
import { withoutSessions } from './sessions.ts';

/**
 * Gives the finished database `temporary` its name and note, in place of the database that has this name, if any. That gets
 * a temporary name, and is dropped when `withDevData` ends.
 */
export async function publish(data: DevData, temporary: string, name: string, note: Note): Promise<void> {
	const discarded = temporaryName(data.project);
	const exists = await databaseExists(data, name);
	await renameAtOnce(
		data,
		[temporary, name],
		[
			...(exists ? [rename(name, discarded), comment(discarded, undefined)] : []),
			...(note.kind === 'state' ? [allowConnections(temporary, false)] : []),
			rename(temporary, name),
			comment(name, note),
		],
	);
}

/**
 * Puts the finished database `temporary` in the place of `name`, whose note it gets. The former one is kept as the undo
 * state, in place of an earlier one.
 */
export async function replaceDatabase(data: DevData, temporary: string, name: string): Promise<void> {
	const { sql, project } = data;
	const databases = await listDatabases(sql, project);
	const note = databases.find((each) => each.name === name)?.note;
	const undo = undoDatabaseName(project, name);
	const [discarded, hasUndo] = [temporaryName(project), await databaseExists(data, undo)];
	await renameAtOnce(
		data,
		[name],
		[
			...(hasUndo ? [rename(undo, discarded), comment(discarded, undefined)] : []),
			...setAside(data, name),
			rename(temporary, name),
			comment(name, note),
		],
	);
}

/** Exchanges `name` and its undo state, so that another undo takes this one back. Returns false if there is none. */
export async function exchangeWithUndo(data: DevData, name: string): Promise<boolean> {
	const { sql, project } = data;
	const undo = undoDatabaseName(project, name);
	if (!(await databaseExists(data, undo))) return false;
	const note = (await listDatabases(sql, project)).find((each) => each.name === name)?.note;
	const meanwhile = temporaryName(project);
	await renameAtOnce(
		data,
		[name],
		[
			rename(undo, meanwhile),
			allowConnections(meanwhile, true),
			...setAside(data, name),
			rename(meanwhile, name),
			comment(name, note),
		],
	);
	return true;
}

/** Makes `name` the undo state. No client can stay on it by mistake. */
function setAside({ project }: DevData, name: string): string[] {
	const undo = undoDatabaseName(project, name);
	return [
		rename(name, undo),
		allowConnections(undo, false),
		comment(undo, { kind: 'undo', project, of: name, at: new Date().toISOString() }),
	];
}

export async function databaseExists({ sql }: Pick<DevData, 'sql'>, name: string): Promise<boolean> {
	return (await sql`SELECT FROM pg_database WHERE datname = ${name}`).length > 0;
}

/** Statements in one message are one transaction. */
async function renameAtOnce(
	{ sql, admin }: DevData,
	databases: readonly [string, ...string[]],
	statements: readonly string[],
): Promise<void> {
	await withoutSessions(admin, databases, () => sql.unsafe(statements.join(';\n'))).catch(
		(error: unknown) => {
			throw explainFailure(error, databases[0]);
		},
	);
}

const rename = (from: string, to: string) =>
	`ALTER DATABASE ${quoteIdentifier(from)} RENAME TO ${quoteIdentifier(to)}`;
const allowConnections = (name: string, allowed: boolean) =>
	`ALTER DATABASE ${quoteIdentifier(name)} WITH ALLOW_CONNECTIONS ${allowed}`;
export const comment = (name: string, note: Note | undefined): string =>
	`COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${note === undefined ? 'NULL' : quoteLiteral(formatNote(note))}`;

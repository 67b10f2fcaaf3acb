import type { Sql } from 'postgres';
import { type Connection, maintenanceDatabase, withExclusiveClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import type { DatabaseSettings } from '../../settings/index.ts';
import { findLockHolders, waitForLock } from '../advisory-lock.ts';
import { dropDatabase } from '../template/index.ts';
import { lockKey, temporaryPrefix } from './names.ts';
import { checkAdmin, withRoles } from './rights.ts';

/** The databases of a project on a server, while no other process changes which there are. */
export interface DevData {
	readonly project: string;
	/** The admin's client of the database `postgres`. */
	readonly sql: Sql;
	readonly admin: Connection;
	readonly isSuperuser: boolean;
	/** The roles, which all databases of the project share. */
	readonly settings: DatabaseSettings;
}

export interface DevDataOptions {
	/** Called with a line for each session that this waits for. */
	readonly onWait?: (line: string) => void;
	/** Milliseconds. Default: one minute. */
	readonly timeout?: number;
}

/**
 * Calls `use` when no other process changes the project's databases, after removing what a killed one left unfinished.
 * Throws `dev-data-busy` and `admin-lacks-rights`.
 */
export async function withDevData<T>(
	login: Connection,
	project: string,
	settings: DatabaseSettings,
	use: (data: DevData) => Promise<T>,
	options: DevDataOptions = {},
): Promise<T> {
	const admin = { ...login, database: maintenanceDatabase };
	const session = async (sql: Sql) => {
		await sql.unsafe('SET search_path = pg_catalog');
		const isSuperuser = await checkAdmin(sql);
		await acquireLock(sql, project, options);
		const data = { project, sql, admin, isSuperuser, settings };
		const run = async () => {
			await removeUnfinished(data);
			const result = await use(data);
			// Dropping what was replaced takes a checkpoint. The data are in their place before that.
			await removeUnfinished(data);
			return result;
		};
		return isSuperuser ? await run() : await withRoles(sql, settings, run);
	};
	return await withExclusiveClient(admin, session, { applicationName: 'slipway db' });
}

async function acquireLock(
	sql: Sql,
	project: string,
	{ onWait = () => {}, timeout = 60_000 }: DevDataOptions,
): Promise<void> {
	const key = lockKey(project);
	const tryLock = async () => {
		const [row] = await sql<[{ acquired: boolean }]>`SELECT pg_try_advisory_lock(${key}::bigint) AS acquired`;
		return row.acquired;
	};
	const findHolders = () => findLockHolders(sql, key);
	const onHolder = ({ description }: { readonly description: string }) =>
		onWait(`waiting for another command that changes the dev data: ${description}`);
	if (await waitForLock(tryLock, { findHolders, onHolder, timeout })) return;
	const holders = await findHolders();
	throw new SlipwayError(
		'dev-data-busy',
		`another command has been changing the dev data for ${timeout / 1000} s: ${holders.map(({ description }) => description).join(', ')}`,
		['Wait until it ends, or end it:', ...holders.map(({ end }) => `  ${end}`)].join('\n'),
	);
}

/** Their names begin with the prefix from the moment they exist until they are complete or, if discarded, dropped. */
async function removeUnfinished({ sql, project }: DevData): Promise<void> {
	const prefix = temporaryPrefix(project);
	const found = await sql<{ name: string }[]>`
		SELECT datname AS name FROM pg_database WHERE starts_with(datname, ${prefix})`;
	for (const { name } of found) await dropDatabase(sql, name);
}

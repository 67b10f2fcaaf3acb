import type { Sql } from 'postgres';
import { type Connection, maintenanceDatabase, withClient } from '../connection/index.ts';
import { hasCode } from '../errors.ts';
import { stateOf } from '../postgres/index.ts';
import { quoteIdentifier } from '../sql.ts';
import { isTemplateName, lockKey, runOf } from './names.ts';
import { isOlderThan, parseNote, type RunNote, type TemplateNote } from './notes.ts';
import type { Run } from './run.ts';
import { dropTemplate } from './template.ts';

interface Found {
	readonly name: string;
	readonly comment: string | null;
	/** How many sessions are in it. */
	readonly sessions: number;
	readonly note: RunNote | TemplateNote | undefined;
}

/** Days after which a template that no run uses is removed. */
const templateLife = 14;

/** In this process, once for each server. Nobody waits for it: what it leaves, another run removes. */
const swept = new WeakSet<Run>();

export function sweepOnce(run: Run): void {
	if (swept.has(run)) return;
	swept.add(run);
	void removeDead(run.admin, { keepsAlive: false }).catch(() => {});
}

/**
 * Removes databases of runs that have ended without doing so, and templates that no run has used for long. A run is alive
 * while a session holds its lock, so nothing of a live one is touched. Returns the names.
 */
export async function removeDead(admin: Connection, { keepsAlive = true } = {}): Promise<readonly string[]> {
	const login = { ...admin, database: maintenanceDatabase };
	return await withClient(
		login,
		async (sql) => {
			const removed: string[] = [];
			for (const each of await findDead(sql))
				if (await remove(sql, each).catch(ifInUse)) removed.push(each.name);
			return removed;
		},
		{ applicationName: 'slipway sweep', keepsAlive, statementTimeout: 0 },
	);
}

/** What `removeDead` would remove, unless it turns out to be in use. */
export async function listDead(admin: Connection): Promise<readonly string[]> {
	return await withClient({ ...admin, database: maintenanceDatabase }, async (sql) => {
		const names: string[] = [];
		for (const each of await findDead(sql))
			if (await withFreeLock(sql, each, async () => {})) names.push(each.name);
		return names;
	});
}

/** Those of other logins cannot be dropped. */
async function findDead(sql: Sql): Promise<readonly Found[]> {
	const rows = await sql<Omit<Found, 'note'>[]>`
		SELECT datname AS name, shobj_description(oid, 'pg_database') AS comment,
			(SELECT count(*)::int FROM pg_stat_activity WHERE datid = pg_database.oid) AS sessions
		FROM pg_database
		WHERE datname LIKE 'slipway\\_te%' AND pg_has_role(datdba, 'USAGE') ORDER BY datname`;
	return rows.map((row) => ({ ...row, note: parseNote(row.comment) })).filter(mayBeDead);
}

function mayBeDead({ name, note, sessions }: Found): boolean {
	if (isTemplateName(name)) return note?.slipway !== 'template' || isOlderThan(note.used, templateLife);
	if (runOf(name) === undefined) return false;
	if (note?.slipway !== 'test') return sessions === 0;
	if (isOlderThan(note.expires, 0)) return true;
	// The lock is free, too, until a run that has lost its session opens it again.
	return sessions === 0 && stateOf(note) !== 'alive';
}

/** Somebody is connected to it: if it is a superuser, nobody else may end that session. */
function ifInUse(error: unknown): false {
	if (hasCode(error, '55006', '42501')) return false;
	throw error;
}

async function remove(sql: Sql, found: Found): Promise<boolean> {
	return await withFreeLock(sql, found, async () => {
		if (isTemplateName(found.name)) return await dropTemplate(sql, found.name);
		const isExpired = found.note?.slipway === 'test' && isOlderThan(found.note.expires, 0);
		const force = isExpired ? ' WITH (FORCE)' : '';
		await sql.unsafe(`DROP DATABASE IF EXISTS ${quoteIdentifier(found.name)}${force}`);
	});
}

/** Calls `use` if no process holds the lock of the run, or of those who make the template. Returns whether it did. */
async function withFreeLock(sql: Sql, { name }: Found, use: () => Promise<void>): Promise<boolean> {
	const key = lockKey(runOf(name) ?? name);
	const [{ free }] = await sql<[{ free: boolean }]>`SELECT pg_try_advisory_lock(${key}::bigint) AS free`;
	if (!free) return false;
	try {
		await use();
		return true;
	} finally {
		await sql`SELECT pg_advisory_unlock(${key}::bigint)`;
	}
}

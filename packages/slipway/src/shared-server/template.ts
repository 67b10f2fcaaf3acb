import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { sealTemplate } from '../database/template/index.ts';
import { hasCode } from '../errors.ts';
import { quoteIdentifier, quoteLiteral } from '../sql.ts';
import { type Access, readAccess } from './access.ts';
import { withLock } from './lock.ts';
import { templateName } from './names.ts';
import { parseNote, templateNote, today } from './notes.ts';
import type { Run } from './run.ts';

/** A sealed database that clones are made of. */
export interface Template {
	readonly name: string;
	readonly access: Access;
}

export interface TemplateSpec {
	/** The hash of all that shapes it. */
	readonly key: string;
	/** Creates the database `name` and what is in it. */
	readonly make: (name: string) => Promise<void>;
}

/**
 * The template of `spec`. The first run that needs it makes it, while others wait; later runs find it. One that was
 * changed since is made again.
 */
export async function ensureTemplate({ admin, sql }: Run, { key, make }: TemplateSpec): Promise<Template> {
	const name = templateName(key);
	if (!(await isComplete(sql, name)))
		await withLock(admin, name, async () => {
			if (await isComplete(sql, name)) return;
			await discard(sql, name);
			await make(name);
			await complete(sql, name);
		});
	return { name, access: await readAccess(sql, name) };
}

interface State {
	readonly state: string;
	readonly comment: string | null;
	readonly sealed: boolean;
}

/**
 * Whether the template is there, and as it was when it was made. Opening it to connections or changing its access gives
 * its row another `xmin`.
 */
export async function isComplete(sql: Sql, name: string): Promise<boolean> {
	const found = await readState(sql, name);
	const note = parseNote(found?.comment ?? null);
	if (found === undefined || note?.slipway !== 'template') return false;
	const unchanged = found.sealed && note.state === found.state;
	// Once a day. Of several runs at once, PostgreSQL may refuse all but one.
	if (unchanged && note.used !== today()) await writeNote(sql, name, found.state).catch(() => {});
	return unchanged;
}

async function readState(sql: Sql, name: string): Promise<State | undefined> {
	const [row] = await sql<State[]>`
		SELECT concat(oid, ' ', xmin) AS state, shobj_description(oid, 'pg_database') AS comment,
			datistemplate AND NOT datallowconn AS sealed
		FROM pg_database WHERE datname = ${name}`;
	return row;
}

/** The note comes last: a template without one is not complete. */
async function complete(sql: Sql, name: string): Promise<void> {
	await sealTemplate(sql, name);
	const found = await readState(sql, name);
	if (found !== undefined) await writeNote(sql, name, found.state);
}

async function writeNote(sql: Sql, name: string, state: string): Promise<void> {
	const note = quoteLiteral(JSON.stringify(templateNote(state)));
	await sql.unsafe(`COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${note}`);
}

/** What a maker left that died, or what somebody has changed. */
async function discard(sql: Sql, name: string): Promise<void> {
	if (parseNote((await readState(sql, name))?.comment ?? null) !== undefined) warnOfChange(name);
	await dropTemplate(sql, name);
}

export async function dropTemplate(sql: Sql, name: string): Promise<void> {
	if ((await readState(sql, name)) === undefined) return;
	await sql.unsafe(`ALTER DATABASE ${quoteIdentifier(name)} IS_TEMPLATE false`);
	await sql.unsafe(`DROP DATABASE IF EXISTS ${quoteIdentifier(name)} WITH (FORCE)`);
}

function warnOfChange(name: string): void {
	process.emitWarning(`The template ${name} on the shared test server was changed, and is made again.`, {
		type: 'SlipwayWarning',
		code: 'template-changed',
	});
}

/** PostgreSQL's: the template is in use. */
const objectInUse = '55006';

/** Runs CREATE DATABASE. The sessions that have made the template may be ending, and autovacuum may look at it. */
export async function createFrom(
	sql: Sql,
	{ name: template, access }: Template,
	name: string,
	limit: number,
): Promise<void> {
	const statement = `CREATE DATABASE ${quoteIdentifier(name)} OWNER ${quoteIdentifier(access.owner)}
		TEMPLATE ${quoteIdentifier(template)} CONNECTION LIMIT ${limit}`;
	for (let attempt = 1; ; attempt++) {
		try {
			return void (await sql.unsafe(statement));
		} catch (error) {
			if (!hasCode(error, objectInUse) || attempt === 5) throw error;
			await sleep(200 * attempt);
		}
	}
}

import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { type Connection, openClient } from '../../connection/index.ts';
import { quoteIdentifier } from '../../sql.ts';
import { canFindChanges, findChanges, type Mark, readMark } from './changes.ts';
import { Reference, type Size } from './reference.ts';
import type { Relation } from './relations.ts';
import { describeTouched } from './touched.ts';
import { undo } from './undo.ts';

/** The server of the clones. */
export interface RestorerHost {
	/** A superuser's client of the maintenance database. */
	readonly superuser: Sql;
	/** A superuser's login. */
	readonly admin: Connection;
	/** Creates a clone for the restorer and returns its name. */
	readonly createClone: () => Promise<string>;
	/** How many tables to restore at most. */
	readonly maxTables: (template: Size) => number;
}

interface Clone {
	readonly mark: Mark;
	/** By the numbers of files that the template does not have. */
	readonly relations: ReadonlyMap<number, Relation>;
}

/**
 * Makes used clones of a template like new ones. What changed is read from the write-ahead log. Rows and sequences are
 * put back; a clone with any other change is not restored.
 */
export class Restorer {
	readonly #host: RestorerHost;
	readonly #clones = new Map<string, Clone>();
	#reference: Promise<Reference | undefined> | undefined;
	#referenceClient: Sql | undefined;

	constructor(host: RestorerHost) {
		this.#host = host;
	}

	/** Call before the first use of a clone. */
	async track(clone: string): Promise<void> {
		const mark = await readMark(this.#host.superuser, clone);
		if (mark !== undefined) this.#clones.set(clone, { mark, relations: new Map() });
	}

	/**
	 * Makes a clone that is no longer in use like the template, under a new name, so that late connections do not reach
	 * it. Returns the name it has now, and whether it is restored. If not, drop it.
	 */
	async restore(clone: string, name: string): Promise<{ readonly name: string; readonly restored: boolean }> {
		const state = this.#clones.get(clone);
		this.#clones.delete(clone);
		this.#reference ??= unlessRefused(() => this.#openReference());
		const reference = await this.#reference;
		if (state === undefined || reference === undefined) return { name: clone, restored: false };
		if ((await unlessRefused(() => this.#rename(clone, name, state.mark))) === undefined)
			return { name: clone, restored: false };
		const next = await unlessRefused(() => this.#undo(state, name, reference));
		if (next !== undefined) this.#clones.set(name, next);
		return { name, restored: next !== undefined };
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.#reference?.catch(() => {});
		await this.#referenceClient?.end({ timeout: 0 });
	}

	async #openReference(): Promise<Reference | undefined> {
		const { superuser, admin, createClone } = this.#host;
		if (!(await canFindChanges(superuser))) return undefined;
		const database = await createClone();
		this.#referenceClient = openClient({ ...admin, database }, { applicationName });
		return await Reference.read(this.#referenceClient);
	}

	/**
	 * From here on, nobody knows the database, and nobody is connected to it: PostgreSQL refuses to rename it otherwise. All
	 * that was logged before is written, so that it can be read.
	 */
	async #rename(clone: string, name: string, { oid }: Mark): Promise<true | undefined> {
		const { superuser } = this.#host;
		if (!(await isUnused(superuser, oid))) return undefined;
		await superuser.unsafe(`
			SET LOCAL synchronous_commit = on;
			ALTER DATABASE ${quoteIdentifier(clone)} RENAME TO ${quoteIdentifier(name)}`);
		return true;
	}

	async #undo(clone: Clone, name: string, reference: Reference): Promise<Clone | undefined> {
		const { superuser, admin, maxTables } = this.#host;
		const changes = await findChanges(superuser, clone.mark);
		if (changes?.now.shared !== clone.mark.shared) return undefined;
		const relations = changes.files.map(
			(file) => clone.relations.get(file) ?? reference.relations.byFile.get(file),
		);
		const touched = await describeTouched(relations, reference, maxTables(reference.size));
		if (touched === undefined) return undefined;
		if (touched.tables.length + touched.sequences.length === 0) return { ...clone, mark: changes.now };
		const sql = openClient({ ...admin, database: name }, { applicationName });
		try {
			const undone = await undo(sql, touched);
			if (undone === undefined) return undefined;
			const { position, relations: added } = undone;
			return { mark: { ...changes.now, position }, relations: new Map([...clone.relations, ...added]) };
		} finally {
			await sql.end({ timeout: 0 });
			await isUnused(superuser, clone.mark.oid); // The next test may look who is connected.
		}
	}
}

const applicationName = 'slipway restore';

/** In bytes: a database without tables, and a page. Most files of a new database are empty or have one. */
const emptySize = 8 * 1024 ** 2;
const page = 8 * 1024;

/**
 * As many tables as can be restored in clearly less time than it takes to create a clone and to drop another. In CPU time,
 * a table costs as much as 50 files or a megabyte of CREATE DATABASE, and a login with its statements as much as three tables.
 */
export const tablesWorthRestoring = ({ files, bytes }: Size) =>
	files / 60 + Math.max(0, bytes - emptySize - files * page) / 1024 ** 2 - 6;

/** Milliseconds. Together they are far more than the server needs to notice that a client has closed its connection. */
const pauses = [2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Whether nobody is connected any more. PostgreSQL itself would look only every 100 ms, and for 5 s. */
async function isUnused(superuser: Sql, oid: number): Promise<boolean> {
	for (const pause of [...pauses, 0]) {
		const [row] = await superuser<[{ sessions: number; prepared: number }]>`
			SELECT (SELECT count(*) FROM pg_stat_activity
					WHERE datid = ${oid} AND backend_type <> 'autovacuum worker')::int AS sessions,
				(SELECT count(*) FROM pg_prepared_xacts JOIN pg_database ON datname = database
					WHERE pg_database.oid = ${oid})::int AS prepared`;
		if (row.sessions === 0 || row.prepared > 0) return row.prepared === 0;
		await sleep(pause);
	}
	return false;
}

/** Undefined if the server refuses a statement, such as in a version without the functions to read the log. */
async function unlessRefused<T>(run: () => Promise<T>): Promise<T | undefined> {
	try {
		return await run();
	} catch (error) {
		if (error instanceof postgres.PostgresError) return undefined;
		throw error;
	}
}

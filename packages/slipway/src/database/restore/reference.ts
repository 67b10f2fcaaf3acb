import type { Sql } from 'postgres';
import { type Relations, readRelations } from './relations.ts';
import { readSequence, type Sequence } from './sequences.ts';
import { readTable, type Table } from './table.ts';

/** What a clone takes to create. */
export interface Size {
	readonly files: number;
	readonly bytes: number;
}

/** A clone that nobody changes, to look up what the template contains. */
export class Reference {
	readonly #sql: Sql;
	readonly #rowsFile: string;
	readonly #tables = new Map<number, Promise<Table | undefined>>();
	readonly #sequences = new Map<number, Promise<Sequence>>();
	readonly relations: Relations;
	readonly size: Size;

	private constructor(sql: Sql, { rowsFile, bytes }: Overview, relations: Relations) {
		this.#sql = sql;
		this.#rowsFile = rowsFile;
		this.size = { bytes: Number(bytes), files: relations.byFile.size };
		this.relations = relations;
	}

	/**
	 * `sql`: a superuser's client of the clone. Undefined if a login could change the database, or if the numbers of files
	 * are ambiguous or not all of them appear in the log.
	 */
	static async read(sql: Sql): Promise<Reference | undefined> {
		const [row] = await sql.unsafe<Overview[]>(`
			SELECT concat(current_setting('data_directory'), '/slipway-rows.', current_database(), '.') AS "rowsFile",
				pg_database_size(current_database()) AS bytes
			WHERE NOT EXISTS (SELECT FROM pg_event_trigger WHERE evtevent = 'login')
				AND NOT EXISTS (SELECT FROM pg_class WHERE reltablespace <> 0 AND NOT relisshared)
				AND NOT EXISTS (SELECT FROM pg_class JOIN pg_am ON pg_am.oid = relam WHERE amtype = 't' AND amname <> 'heap')`);
		if (row === undefined) return undefined;
		return new Reference(sql, row, await readRelations(sql));
	}

	/** Undefined if it cannot be restored. */
	async table(oid: number): Promise<Table | undefined> {
		return await remember(this.#tables, oid, () => readTable(this.#sql, oid, `${this.#rowsFile}${oid}`));
	}

	async sequence(oid: number): Promise<Sequence> {
		return await remember(this.#sequences, oid, () => readSequence(this.#sql, oid));
	}
}

interface Overview {
	/** On the server, without the OID of the table. */
	readonly rowsFile: string;
	readonly bytes: string;
}

async function remember<T>(known: Map<number, Promise<T>>, oid: number, read: () => Promise<T>): Promise<T> {
	const value = known.get(oid) ?? read();
	known.set(oid, value);
	return await value;
}

import type { Sql } from 'postgres';
import { connectionLimit } from '../database/template/index.ts';
import { hasCode } from '../errors.ts';
import { quoteIdentifier, quoteLiteral } from '../sql.ts';
import { accessStatements } from './access.ts';
import { databaseName } from './names.ts';
import { runNote } from './notes.ts';
import type { Run } from './run.ts';
import { createFrom, ensureTemplate, isComplete, type Template, type TemplateSpec } from './template.ts';

/** A database of this run, which nobody else uses. */
export interface RunDatabase {
	readonly name: string;
	/** Whether anyone has connected to it, besides these `sessions`. */
	wasUsed(sessions?: number): Promise<boolean>;
	drop(): Promise<void>;
}

/** Clones the template of `spec`. */
export async function createDatabase(run: Run, spec: TemplateSpec): Promise<RunDatabase> {
	await run.hold();
	for (let attempt = 1; ; attempt++) {
		const template = await ensureTemplate(run, spec);
		const name = databaseName(run.id, run.nextNumber());
		try {
			await createFrom(run.sql, template, name, connectionLimit);
			await prepare(run, template, name);
			return {
				name,
				wasUsed: (sessions) => wasUsed(run.sql, name, sessions),
				drop: () => drop(run.sql, name),
			};
		} catch (error) {
			// Another run may have dropped the template, because it was old or was changed.
			if (attempt === 3 || (await isComplete(run.sql, template.name))) throw error;
		}
	}
}

/** One message, and so one transaction. */
async function prepare({ sql, id }: Run, { access }: Template, name: string): Promise<void> {
	const note = quoteLiteral(JSON.stringify(runNote(id)));
	const comment = `COMMENT ON DATABASE ${quoteIdentifier(name)} IS ${note}`;
	await sql.unsafe([comment, accessStatements(access, name)].filter(Boolean).join(';\n'));
}

/** In two transactions, because a session is in `pg_stat_activity` until it is counted. */
async function wasUsed(sql: Sql, name: string, sessions = 0): Promise<boolean> {
	const open = await sql`SELECT FROM pg_stat_activity WHERE datname = ${name}`;
	const counted = await sql`SELECT FROM pg_stat_database WHERE datname = ${name} AND sessions > ${sessions}`;
	return open.length > 0 || counted.length > 0;
}

const noDatabase = '3D000';

/** Ends the sessions in it. A test may have dropped it itself. */
async function drop(sql: Sql, name: string): Promise<void> {
	await sql.unsafe(`DROP DATABASE ${quoteIdentifier(name)} WITH (FORCE)`).catch((error: unknown) => {
		if (!hasCode(error, noDatabase)) throw error;
	});
}

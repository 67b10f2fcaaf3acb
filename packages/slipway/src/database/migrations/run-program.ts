import { MigrationBuilder } from 'node-pg-migrate';
import type { QueryResult } from 'pg';
import type { ProgramPart } from './program.ts';
import type { Progress } from './progress.ts';

interface ProgramRun {
	readonly progress: Progress;
	/** Sends SQL to the server, or only prints it. */
	readonly send: (query: unknown, values?: unknown[]) => Promise<unknown>;
	/** Sent when the transaction has begun. */
	readonly begin: string;
	/** Sent at the end. */
	readonly record: string;
}

/**
 * Runs a program's function, and then what it asked for, in one transaction with the entry in the ledger: in
 * the order in which node-pg-migrate does. What it queries itself, with `pgm.db`, runs in the transaction as
 * well.
 */
export async function runProgram(
	{ run, shorthands, isReversed }: ProgramPart,
	{ progress, send, begin, record }: ProgramRun,
): Promise<void> {
	const query = (sent: unknown, values?: unknown[]) => {
		progress.noteProgram({ sent: textOf(sent) });
		return send(sent, values);
	};
	const pgm = createBuilder(query, shorthands);
	if (isReversed) pgm.enableReverseMode();
	await send('BEGIN;');
	await send(begin);
	await run(pgm);
	if (!pgm.isUsingTransaction()) {
		await send('COMMIT;');
		progress.noteProgram({ inTransaction: false });
	}
	for (const step of pgm.getSqlSteps()) await query(step);
	progress.noteProgram({ isRecording: true });
	if (!pgm.isUsingTransaction()) await send('BEGIN;');
	await send(record);
	await send('COMMIT;');
}

const silent = { info() {}, warn() {}, error() {} };

function createBuilder(
	query: (sent: unknown, values?: unknown[]) => Promise<unknown>,
	shorthands: ProgramPart['shorthands'],
): MigrationBuilder {
	// A dry run sends nothing, so it has no rows either.
	const result = async (sent: unknown, values?: unknown[]) =>
		((await query(sent, values)) ?? { rows: [], rowCount: 0 }) as QueryResult;
	const database = {
		query: result,
		select: async (...sent: [unknown, unknown[]?]) => (await result(...sent)).rows,
	};
	return new MigrationBuilder(
		database as unknown as ConstructorParameters<typeof MigrationBuilder>[0],
		shorthands,
		false,
		silent,
	);
}

const textOf = (query: unknown) =>
	typeof query === 'string' ? query : String((query as { readonly text?: unknown }).text);

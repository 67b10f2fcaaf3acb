import { setTimeout as sleep } from 'node:timers/promises';
import { Migration, type MigrationBuilder, type RunnerOption } from 'node-pg-migrate';
import type { Sql } from 'postgres';
import { hasCode } from '../../errors.ts';
import { watchBlockers } from './blockers.ts';
import { explainFailure } from './failure.ts';
import { refuseInvalidIndexes } from './invalid-indexes.ts';
import {
	createLedger,
	ledgerIsComplete,
	ledgerSchema,
	ledgerTable,
	markAs,
	recordAction,
	throwLedgerError,
} from './ledger.ts';
import type { MigratorSession } from './lock.ts';
import type { Direction } from './markers.ts';
import { migrationOrigin } from './origin.ts';
import { sessionDefaults } from './pg-client.ts';
import { type MigrationStep, Progress } from './progress.ts';
import { runProgram } from './run-program.ts';
import { backOff, type MigrationTimeouts, setTimeouts } from './timeouts.ts';

// Importing this file takes about 70 ms (node-pg-migrate loads glob, jiti and pg): import it only if there is
// something to run.

export interface MigrationRun {
	/** A second session, for queries while the migrator's is busy. */
	readonly sql: Sql;
	/** Holds the migration lock. Without it, nothing runs. */
	readonly session: MigratorSession | undefined;
	readonly timeouts: Required<MigrationTimeouts>;
	readonly onProgress: (line: string) => void;
	/** Called with the name of each migration once it is committed. */
	readonly onMigrated: (name: string) => void;
	/** Called with the SQL that is sent, or that would be with a session, in order. */
	readonly onSql: (sql: string) => void;
}

/**
 * Runs `steps` in order, each in one transaction with its entry in the ledger. Throws `invalid-index` before
 * the first step, and `migration-failed` at the first that fails.
 */
export async function runSteps(
	run: MigrationRun,
	direction: Direction,
	steps: readonly MigrationStep[],
): Promise<void> {
	if (run.session !== undefined) for (const step of steps) await refuseInvalidIndexes(run.sql, step);
	const progress = new Progress(direction, steps);
	try {
		if (!(await ledgerIsComplete(run.sql))) await send(run, createLedger).catch(throwLedgerError);
		for (const step of steps) {
			await watched(run, step, () => applyWithRetries(run, step, progress));
			progress.finish();
			if (run.session !== undefined) run.onMigrated(step.script.file.name);
		}
	} catch (error) {
		await rollBack(run);
		throw await explainFailure(error, progress, run);
	}
}

async function send({ session, onSql }: MigrationRun, text: string): Promise<unknown> {
	onSql(text);
	return await session?.client.query(text);
}

/** `query` is text or an object that has it, as `pg` takes it. */
async function sendQuery(run: MigrationRun, query: unknown, values?: unknown[]): Promise<unknown> {
	if (typeof query === 'string' && values === undefined) return await send(run, query);
	run.onSql(typeof query === 'string' ? query : String((query as { text?: unknown }).text));
	return await run.session?.client.query(query as string, values);
}

async function rollBack({ session }: MigrationRun): Promise<void> {
	await session?.client.query('ROLLBACK').catch(() => {});
}

async function watched<T>(run: MigrationRun, { script }: MigrationStep, use: () => Promise<T>): Promise<T> {
	if (run.session === undefined) return await use();
	const report = (blocker: string) => run.onProgress(`${script.file.name} is waiting for a lock: ${blocker}`);
	return await watchBlockers(run.sql, { pid: run.session.pid, interval: 100, report }, use);
}

const lockNotAvailable = '55P03';

async function applyWithRetries(run: MigrationRun, step: MigrationStep, progress: Progress): Promise<void> {
	const { lockRetries, lockTimeout } = run.timeouts;
	for (let retry = 1; ; retry++) {
		try {
			return await apply(run, step, progress);
		} catch (error) {
			if (!hasCode(error, lockNotAvailable) || !progress.inTransaction || retry > lockRetries) throw error;
			await rollBack(run);
			const pause = backOff(retry);
			run.onProgress(
				`${step.script.file.name} got no lock within ${lockTimeout}; retry ${retry} of ${lockRetries} in ${pause} ms`,
			);
			await sleep(pause);
		}
	}
}

async function apply(run: MigrationRun, step: MigrationStep, progress: Progress): Promise<void> {
	const { direction } = progress;
	const { file } = step.script;
	progress.begin(step);
	const record = `${sessionDefaults}\n${recordAction(direction, file, migrationOrigin())}`;
	if (step.part.program !== undefined)
		return await runProgram(step.part.program, {
			progress,
			send: (query, values) => sendQuery(run, query, values),
			begin: setTimeouts(run.timeouts),
			record: `${record}\n${markAs(direction, file.name)}`,
		});
	const action = (builder: MigrationBuilder) => {
		if (step.part.inTransaction) builder.sql(setTimeouts(run.timeouts));
		else builder.noTransaction();
		for (const { text } of step.part.statements) builder.sql(text);
		builder.sql(record);
	};
	const query = (text: string) => {
		progress.countQuery();
		return send(run, text);
	};
	// node-pg-migrate's `Migration` uses only these two methods of its database.
	const database = { query, select: query } as unknown as ConstructorParameters<typeof Migration>[0];
	const actions = { up: false as const, down: false as const, [direction]: action };
	await new Migration(database, `${file.name}.sql`, actions, options, {}, silent).apply(direction);
}

const silent = { info() {}, warn() {}, error() {} };

const options = {
	migrationsSchema: ledgerSchema,
	migrationsTable: ledgerTable,
	singleTransaction: false,
} as RunnerOption;

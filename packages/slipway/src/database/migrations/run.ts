import { setTimeout as sleep } from 'node:timers/promises';
import { Migration, type MigrationBuilder, type RunnerOption } from 'node-pg-migrate';
import type { Sql } from 'postgres';
import { watchBlockers } from './blockers.ts';
import { explainFailure } from './failure.ts';
import { refuseInvalidIndexes } from './invalid-indexes.ts';
import {
	createLedger,
	explainLedgerFault,
	ledgerIsComplete,
	ledgerSchema,
	ledgerTable,
	noteAction,
} from './ledger.ts';
import type { Direction } from './markers.ts';
import { migrationOrigin } from './origin.ts';
import { sessionDefaults } from './pg-client.ts';
import { type MigrationStep, Progress } from './progress.ts';
import { backOff, type MigrationTimeouts, setTimeouts } from './timeouts.ts';
import type { MigratorSession } from './turn.ts';

// Importing this file takes some 70 ms (node-pg-migrate brings glob, jiti and pg): import it where there is
// something to run.

export interface MigrationRun {
	/** A second session, which is asked while the migrator's is busy. */
	readonly sql: Sql;
	/** Holds the migration lock. Without it nothing is run. */
	readonly session: MigratorSession | undefined;
	readonly timeouts: Required<MigrationTimeouts>;
	readonly onProgress: (line: string) => void;
	/** Told the name of each migration when it is committed. */
	readonly onMigrated: (name: string) => void;
	/** Told the SQL that is sent, or would be without a session, in order. */
	readonly onSql: (sql: string) => void;
}

/**
 * Runs `steps` in their order, each in a transaction of its own together with its entry in the ledger. Throws
 * `migration-failed` at the first that fails; and `invalid-index` before the first.
 */
export async function runSteps(
	run: MigrationRun,
	direction: Direction,
	steps: readonly MigrationStep[],
): Promise<void> {
	if (run.session !== undefined) for (const step of steps) await refuseInvalidIndexes(run.sql, step);
	const progress = new Progress(direction, steps);
	try {
		if (!(await ledgerIsComplete(run.sql))) await send(run, createLedger).catch(explainLedgerFault);
		for (const step of steps) {
			await watched(run, step, () => applyPatiently(run, step, progress));
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

async function rollBack({ session }: MigrationRun): Promise<void> {
	await session?.client.query('ROLLBACK').catch(() => {});
}

async function watched<T>(run: MigrationRun, { script }: MigrationStep, use: () => Promise<T>): Promise<T> {
	if (run.session === undefined) return await use();
	const tell = (blocker: string) => run.onProgress(`${script.file.name} waits for a lock: ${blocker}`);
	return await watchBlockers(run.sql, { pid: run.session.pid, interval: 100, tell }, use);
}

const lockNotAvailable = '55P03';

async function applyPatiently(run: MigrationRun, step: MigrationStep, progress: Progress): Promise<void> {
	const { lockRetries, lockTimeout } = run.timeouts;
	for (let retry = 1; ; retry++) {
		try {
			return await apply(run, step, progress);
		} catch (error) {
			const { code } = error as { code?: unknown };
			if (code !== lockNotAvailable || !step.part.inTransaction || retry > lockRetries) throw error;
			await rollBack(run);
			const pause = backOff(retry);
			run.onProgress(
				`${step.script.file.name} got no lock within ${lockTimeout}; try ${retry} of ${lockRetries} again in ${pause} ms`,
			);
			await sleep(pause);
		}
	}
}

async function apply(run: MigrationRun, step: MigrationStep, progress: Progress): Promise<void> {
	const { direction } = progress;
	const { file } = step.script;
	progress.begin(step);
	const action = (builder: MigrationBuilder) => {
		if (step.part.inTransaction) builder.sql(setTimeouts(run.timeouts));
		else builder.noTransaction();
		for (const { text } of step.part.statements) builder.sql(text);
		builder.sql(`${sessionDefaults}\n${noteAction(direction, file, migrationOrigin())}`);
	};
	const query = (text: string) => {
		progress.countQuery();
		return send(run, text);
	};
	// Of the database, node-pg-migrate's own steps use only this much.
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

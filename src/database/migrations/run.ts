import { type MigrationBuilder, type RunnerOption, runner } from 'node-pg-migrate';
import type { Client } from 'pg';
import { explainFailure } from './failure.ts';
import { ensureHashTable, forgetHash, ledgerSchema, ledgerTable, recordHash } from './ledger.ts';
import { observeQueries, sessionDefaults } from './pg-client.ts';
import { type Direction, type MigrationStep, Progress } from './progress.ts';

// Importing this file takes some 70 ms (node-pg-migrate brings glob, jiti and pg): import it where there is
// something to run.

interface MigrationRun {
	readonly direction: Direction;
	readonly steps: readonly MigrationStep[];
	readonly onMigrated: (name: string) => void;
}

/**
 * Runs `steps` in the order that node-pg-migrate has for them, each in a transaction of its own together
 * with its entry in the ledger. The session holds the migration lock. Throws `migration-failed` at the
 * first that fails.
 */
export async function runSteps(
	client: Client,
	directory: string,
	{ direction, steps, onMigrated }: MigrationRun,
): Promise<void> {
	const progress = new Progress(steps, onMigrated);
	await ensureHashTable(client);
	try {
		await runner({
			...fixedOptions,
			dbClient: observeQueries(client, () => progress.countQuery()),
			dir: directory,
			direction,
			count: steps.length,
			migrationLoaderStrategies: [
				{ extensions: ['.sql'], loader: async () => steps.map((step) => toUnit(step, direction, progress)) },
			],
		});
	} catch (error) {
		await client.query('ROLLBACK').catch(() => {});
		throw explainFailure(error, direction, progress);
	}
	progress.begin(undefined);
}

const fixedOptions = {
	migrationsSchema: ledgerSchema,
	migrationsTable: ledgerTable,
	singleTransaction: false,
	/** Both are seen to before, with messages of our own. */
	checkOrder: false,
	noLock: true,
	ignorePattern: '(?!.*\\.sql$).*',
	logger: { info() {}, warn() {}, error() {} },
} satisfies Partial<RunnerOption>;

/** What node-pg-migrate's own loader makes of a file, from what has been read, checked and hashed already. */
function toUnit(step: MigrationStep, direction: Direction, progress: Progress) {
	const { file } = step.script;
	const action = (builder: MigrationBuilder) => {
		progress.begin(step);
		if (!step.part.inTransaction) builder.noTransaction();
		for (const { text } of step.part.statements) builder.sql(text);
		builder.sql(sessionDefaults);
		builder.sql(direction === 'up' ? recordHash(file) : forgetHash(file.name));
	};
	return {
		id: file.path,
		filePaths: [file.path],
		actions: { up: false as const, down: false as const, [direction]: action },
	};
}

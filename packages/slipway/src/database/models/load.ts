import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { runSqlFile, type SqlFile, StatementError } from '../sql-file.ts';

/**
 * Creates what the models declare, as the migrator, each file in its own transaction. A file that depends on
 * another is retried after it, so no order has to be given. Throws `invalid-models`, with the location of
 * every error.
 */
export async function loadModels(migrator: Connection, models: readonly SqlFile[]): Promise<void> {
	await withClient(migrator, async (sql) => {
		for (let waiting = models; waiting.length > 0; ) {
			const failures = await loadEach(sql, waiting);
			const missing = failures.filter(({ failure }) => dependsOnMissing(failure));
			if (missing.length < failures.length || failures.length === waiting.length)
				throw invalidModels(failures);
			waiting = missing.map(({ model }) => model);
		}
	});
}

interface ModelFailure {
	readonly model: SqlFile;
	readonly failure: StatementError;
}

async function loadEach(sql: Sql, models: readonly SqlFile[]): Promise<readonly ModelFailure[]> {
	const failures: ModelFailure[] = [];
	for (const model of models) {
		try {
			await runSqlFile(sql, model);
		} catch (failure) {
			if (!(failure instanceof StatementError)) throw failure;
			failures.push({ model, failure });
		}
	}
	return failures;
}

/** SQLSTATE for a schema, table, column, function or other object that does not exist. */
function dependsOnMissing({ code }: StatementError): boolean {
	return ['3F000', '42P01', '42703', '42704', '42883'].includes(code);
}

function invalidModels(failures: readonly ModelFailure[]): SlipwayError {
	return new SlipwayError(
		'invalid-models',
		failures.map(({ failure }) => failure.message).join('\n'),
		'Fix the file. Models run as the migrator in an empty database; put files that depend on each other into one.',
		{ cause: failures[0]?.failure },
	);
}

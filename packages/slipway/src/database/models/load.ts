import type { Sql } from 'postgres';
import { type Connection, withClient } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { runSqlFile, type SqlFile, StatementFailure } from '../sql-file.ts';

/**
 * Makes what the models declare, as the migrator, each file in a transaction of its own. A file that names something of
 * another one waits for that, so that nothing has to say the order. Throws `invalid-models` with every fault's place.
 */
export async function loadModels(migrator: Connection, models: readonly SqlFile[]): Promise<void> {
	await withClient(migrator, async (sql) => {
		for (let waiting = models; waiting.length > 0; ) {
			const failures = await loadEach(sql, waiting);
			const missing = failures.filter(({ failure }) => namesWhatIsMissing(failure));
			if (missing.length < failures.length || failures.length === waiting.length)
				throw invalidModels(failures);
			waiting = missing.map(({ model }) => model);
		}
	});
}

interface ModelFailure {
	readonly model: SqlFile;
	readonly failure: StatementFailure;
}

async function loadEach(sql: Sql, models: readonly SqlFile[]): Promise<readonly ModelFailure[]> {
	const failures: ModelFailure[] = [];
	for (const model of models) {
		try {
			await runSqlFile(sql, model);
		} catch (failure) {
			if (!(failure instanceof StatementFailure)) throw failure;
			failures.push({ model, failure });
		}
	}
	return failures;
}

/** SQLSTATE for a schema, table, column, function or other object that does not exist. */
function namesWhatIsMissing({ code }: StatementFailure): boolean {
	return ['3F000', '42P01', '42703', '42704', '42883'].includes(code);
}

function invalidModels(failures: readonly ModelFailure[]): SlipwayError {
	return new SlipwayError(
		'invalid-models',
		failures.map(({ failure }) => failure.message).join('\n'),
		'Mend the file. Models are run as the migrator in an empty database; files that need each other both ways go into one.',
		{ cause: failures[0]?.failure },
	);
}

import { hasCode, SlipwayError } from '../../errors.ts';

const readOnlyTransaction = '25006';

/** Undefined unless the failure is that the database is read-only. */
export function readOnlyError(error: Error & { code?: string | undefined }): SlipwayError | undefined {
	if (!hasCode(error, readOnlyTransaction)) return undefined;
	return new SlipwayError(
		'database-read-only',
		`the database is read-only: ${error.message}`,
		'If it is a standby, set DB_HOST to the primary. Otherwise undo the setting: ALTER DATABASE, ALTER ROLE or ALTER SYSTEM … RESET default_transaction_read_only, or remove SET TRANSACTION READ ONLY from the file.',
		{ cause: error },
	);
}

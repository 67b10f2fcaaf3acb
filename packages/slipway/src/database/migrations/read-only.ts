import { SlipwayError } from '../../errors.ts';

/** Undefined for a failure that has nothing to do with a database that takes no changes. */
export function readOnlyFault(error: Error & { code?: string | undefined }): SlipwayError | undefined {
	if (error.code !== '25006') return undefined;
	return new SlipwayError(
		'database-read-only',
		`the database takes no changes: ${error.message}`,
		'Where it is a standby, name the primary (DB_HOST). Otherwise take back what makes it so: ALTER DATABASE, ALTER ROLE or ALTER SYSTEM … RESET default_transaction_read_only, or SET TRANSACTION READ ONLY in the file.',
		{ cause: error },
	);
}

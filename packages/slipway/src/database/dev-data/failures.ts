import { hasCode, SlipwayError } from '../../errors.ts';

const objectInUse = '55006';
const diskFull = '53100';

/** The error for a statement that PostgreSQL rejected while it copied, renamed or dropped `database`. */
export function explainFailure(error: unknown, database: string): unknown {
	if (!(error instanceof Error)) return error;
	const { detail } = error as { readonly detail?: string };
	if (hasCode(error, objectInUse))
		return new SlipwayError(
			'database-in-use',
			`${error.message}${detail ? `: ${detail}` : ''}`,
			'End what uses it, such as a prepared transaction (pg_prepared_xacts) or a replication slot, and try again.',
			{ cause: error },
		);
	if (hasCode(error, diskFull))
		return new SlipwayError(
			'disk-full',
			`the server has no space left for a copy of the database ${JSON.stringify(database)}; nothing was changed`,
			'Free some space, or drop what you no longer need: npx slipway db list, npx slipway db drop NAME.',
			{ cause: error },
		);
	return error;
}

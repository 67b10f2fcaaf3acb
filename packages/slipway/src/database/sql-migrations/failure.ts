import { hasCode, SlipwayError } from '../../errors.ts';
import { isConnectionError } from '../connection-errors.ts';
import { nameSome } from '../migrations/name-some.ts';
import { isMissingExtension } from '../server-hints.ts';
import { reset } from './applied.ts';
import type { SqlScript } from './script.ts';

/** A run that failed in `script`. */
interface Failure {
	readonly script: SqlScript;
	/** The names of the files before it and after it in this run. */
	readonly before: readonly string[];
	readonly after: readonly string[];
	/** Whether nothing was applied to the database before this run. */
	readonly isNew: boolean;
}

/** The `SlipwayError` for a file that failed: its place, the server's message, and what is applied. */
export function explainFailure(error: unknown, failure: Failure): unknown {
	if (!(error instanceof Error)) return error;
	const { script, before, after } = failure;
	const { path } = script.migration;
	const isLost = isConnectionError(error);
	if (!isLost && !('code' in error)) return error;
	const message = error.message.startsWith(path) ? error.message : `${path}: ${error.message}`;
	return new SlipwayError(
		isLost ? 'connection-lost' : isMissingExtension(error) ? 'no-extension' : 'migration-failed',
		[
			isLost ? `the connection was lost while ${message}` : message,
			outcome(script),
			...(before.length > 0 ? [`applied before: ${nameSome(before)}`] : []),
			...(after.length > 0 ? [`not applied: ${nameSome(after)}`] : []),
		].join('\n'),
		fixFor(error, failure, isLost),
		{ cause: error },
	);
}

function outcome({ blocks }: SqlScript): string {
	return blocks.every(({ inTransaction }) => inTransaction)
		? 'Its transaction was rolled back.'
		: 'It runs without a transaction: the effects of earlier statements remain.';
}

/** SQLSTATE for a statement that refuses to run in a transaction. */
const activeTransaction = '25001';

/** SQLSTATE for a schema, table, column, function or other object that already exists. */
const alreadyExists = ['42P06', '42P07', '42701', '42710', '42723'];

function fixFor(error: Error, { script, isNew }: Failure, isLost: boolean): string {
	if (isLost) return 'Run it again.';
	if (hasCode(error, activeTransaction)) return `It cannot run in a transaction. ${script.noTransaction}.`;
	if (!isNew && hasCode(error, ...alreadyExists))
		return `Fix the file. If the database has it from another branch, or from a file that has since been renamed, apply all again to a new database: ${reset}`;
	return 'Fix the file, then run it again.';
}

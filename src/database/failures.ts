import { type Connection, describeConnection, explainConnectionError, SlipwayError } from 'slipway';
import { UnavailableError } from './unavailable-error.ts';

export function explainTimeout(connection: Connection, deadline: number, cause: unknown): UnavailableError {
	return new UnavailableError(
		'no-answer',
		`${describeConnection(connection)} did not respond within ${deadline} ms`,
		'Check the server and the network. The service reconnects on its own.',
		{ cause },
	);
}

/** Rethrows what is not an `Error`. */
export function explainFailure(error: unknown, connection: Connection): UnavailableError {
	if (!(error instanceof Error)) throw error;
	const { code } = error as { code?: unknown };
	const hint = statementHints[String(code)];
	const cause = hint === undefined ? explainConnectionError(error, connection) : error;
	if (cause instanceof SlipwayError)
		return new UnavailableError(cause.code, cause.message, cause.hint, { cause });
	return new UnavailableError(
		'statement-failed',
		`a statement failed on ${describeConnection(connection)}: ${error.message}`,
		hint ?? checkLog,
		{ cause },
	);
}

const checkLog = "Check the server's log. The service reconnects on its own.";

/** By SQLSTATE, or the code of postgres.js: failures of a statement on an established connection. */
const statementHints: Record<string, string> = {
	CONNECTION_CLOSED: checkLog,
	ECONNRESET: checkLog,
	EPIPE: checkLog,
	'25006':
		"Run scripts/bootstrap-db to reset the app role's settings. If the server is a standby, set DB_HOST to the primary.",
	'3F000': 'Run scripts/bootstrap-db and scripts/migrate up.',
	'55000': 'If the server is a standby, set DB_HOST to the primary.',
	'42P01': 'Run scripts/migrate up.',
	'42501': 'Run scripts/bootstrap-db to grant the app role the privileges that it needs.',
};

import { type Connection, describeConnection, explainConnectionError, SlipwayError } from 'slipway';
import { UnavailableError } from './unavailable.ts';

export function explainLateness(connection: Connection, deadline: number, cause: unknown): UnavailableError {
	return new UnavailableError(
		'no-answer',
		`${describeConnection(connection)} did not answer within ${deadline} ms`,
		'Check the server and the network to it; the service goes on by itself.',
		{ cause },
	);
}

/** What is no error at all is thrown on. */
export function explainFailure(error: unknown, connection: Connection): UnavailableError {
	if (!(error instanceof Error)) throw error;
	const { code } = error as { code?: unknown };
	const advice = statementAdvice[String(code)];
	const cause = advice === undefined ? explainConnectionError(error, connection) : error;
	if (cause instanceof SlipwayError)
		return new UnavailableError(cause.code, cause.message, cause.hint, { cause });
	return new UnavailableError(
		'statement-failed',
		`a statement failed on ${describeConnection(connection)}: ${error.message}`,
		advice ?? goesOn,
		{ cause },
	);
}

const goesOn = 'Look in the log of the server; the service connects again by itself.';

/** By SQLSTATE or the code of postgres.js: what a statement fails with on a connection that was good. */
const statementAdvice: Record<string, string> = {
	CONNECTION_CLOSED: goesOn,
	ECONNRESET: goesOn,
	EPIPE: goesOn,
	'25006':
		"Run scripts/bootstrap-db, which resets the settings of the app's role; where the server is a standby, name the primary server in DB_HOST.",
	'3F000': 'Run scripts/bootstrap-db and scripts/migrate up.',
	'42P01': 'Run scripts/migrate up.',
	'42501': 'Run scripts/bootstrap-db, which grants what the service needs.',
};

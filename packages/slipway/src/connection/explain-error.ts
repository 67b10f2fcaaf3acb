import { SlipwayError } from '../errors.ts';
import { type Connection, describeConnection, describeServers } from './details.ts';

type Target = Omit<Connection, 'password'>;
interface Explanation {
	readonly code: string;
	readonly message: (target: Target, error: CodedError) => string;
	readonly hint: (target: Target) => string;
}
type CodedError = Error & { code?: unknown };

const where: (target: Target) => string = describeServers;

/** By error code of Node's sockets, postgres.js and pg, and by SQLSTATE (PostgreSQL, Appendix A). */
const explanations: Record<string, Explanation> = {
	ECONNREFUSED: {
		code: 'server-refuses',
		message: (target) => `nothing listens on ${where(target)}`,
		hint: () => 'Start the PostgreSQL server, or correct DB_HOST and DB_PORT (or DATABASE_URL).',
	},
	ENOENT: {
		code: 'server-refuses',
		message: (target) => `there is no PostgreSQL socket for port ${target.port} in ${target.host}`,
		hint: () => 'Start the PostgreSQL server, or correct DB_HOST and DB_PORT (or DATABASE_URL).',
	},
	ENOTFOUND: {
		code: 'host-unknown',
		message: (target) => `the host name "${target.host}" is unknown`,
		hint: () => 'Correct DB_HOST (or DATABASE_URL).',
	},
	EAI_AGAIN: {
		code: 'host-unknown',
		message: (target) => `the host name "${target.host}" cannot be resolved at the moment`,
		hint: () => 'Check the network, or correct DB_HOST (or DATABASE_URL).',
	},
	CONNECT_TIMEOUT: {
		code: 'server-unreachable',
		message: (target) => `${where(target)} does not answer`,
		hint: () =>
			'Check DB_HOST and DB_PORT, and the network and firewalls between this machine and the server.',
	},
	CONNECTION_CLOSED: {
		code: 'connection-closed',
		message: (target) => `${where(target)} closed the connection during login`,
		hint: (target) =>
			target.sslMode === 'disable'
				? 'Check that it is a PostgreSQL server, and look at its log.'
				: `Check that the server supports encryption, which DB_SSLMODE=${target.sslMode} requires. If it does not, set DB_SSLMODE=disable.`,
	},
	'28P01': {
		code: 'wrong-password',
		message: (target) => `${where(target)} does not accept the password of "${target.username}"`,
		hint: (target) =>
			`Correct the password of "${target.username}" in the settings. A kept database keeps the passwords that it was created with; npx slipway bootstrap sets those of the app and the migrator. To change the password of a Compose stack's admin: npx slipway secrets admin`,
	},
	'28000': {
		code: 'login-refused',
		message: (target, error) =>
			`${where(target)} refuses the login of "${target.username}": ${error.message}`,
		hint: () =>
			"Check that the role exists and can log in, and check the server's pg_hba.conf. If that requires encryption, set DB_SSLMODE=require.",
	},
	'3D000': {
		code: 'no-database',
		message: (target) => `there is no database "${target.database}" on ${where(target)}`,
		hint: () => 'Run npx slipway bootstrap, or correct DATABASE_NAME (or DATABASE_URL).',
	},
	'42501': {
		code: 'connect-denied',
		message: (target) =>
			`"${target.username}" has no permission to connect to the database "${target.database}" on ${where(target)}`,
		hint: () => 'Run npx slipway bootstrap, which grants the privileges that the app and the migrator need.',
	},
	'53300': {
		code: 'too-many-connections',
		message: (target) => `${where(target)} has no free connections for "${target.username}"`,
		hint: () => 'Close other clients, or raise max_connections on the server.',
	},
	'57P03': {
		code: 'server-not-ready',
		message: (target, error) => `${where(target)} is not ready: ${error.message}`,
		hint: () => 'Try again once it has started.',
	},
};
const aliases: Record<string, string> = {
	ECONNRESET: 'CONNECTION_CLOSED',
	EPIPE: 'CONNECTION_CLOSED',
	EHOSTUNREACH: 'CONNECT_TIMEOUT',
	ENETUNREACH: 'CONNECT_TIMEOUT',
	ETIMEDOUT: 'CONNECT_TIMEOUT',
};

/**
 * The `SlipwayError` for a failure to connect or log in; any other `error` is returned as it is. The result never
 * contains the password.
 */
export function explainConnectionError(error: unknown, target: Target): unknown {
	if (!(error instanceof Error) || error instanceof SlipwayError) return error;
	const { code } = error as CodedError;
	if (typeof code !== 'string') return error;
	const explanation = explanations[aliases[code] ?? code];
	if (explanation !== undefined)
		return new SlipwayError(explanation.code, explanation.message(target, error), explanation.hint(target), {
			cause: error,
		});
	if (/^(ERR_SSL|ERR_TLS|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_)/.test(code))
		return new SlipwayError(
			'tls-failed',
			`no encrypted connection to ${describeConnection(target)}: ${error.message}`,
			'Check DB_SSLMODE. For a private certificate authority, set DB_SSLROOTCERT or NODE_EXTRA_CA_CERTS to its certificate file.',
			{ cause: error },
		);
	return error;
}

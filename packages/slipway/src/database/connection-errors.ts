/**
 * Whether the server or the connection went away (SQLSTATE classes 08 and 57P, or what `pg` reports), so that
 * the statement is not the cause.
 */
export function isConnectionError(error: Error & { readonly code?: unknown }): boolean {
	const isClosed = /^(Connection terminated|Client has encountered a connection error)/.test(error.message);
	return isClosed || /^(08...|57P..|ECONNRESET|EPIPE)$/.test(String(error.code));
}

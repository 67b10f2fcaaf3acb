/** Error codes of sockets and postgres.js, and those that PostgreSQL sends when it shuts down. */
const codes = new Set([
	...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED'],
	...['CONNECT_TIMEOUT', '57P01', '57P02', '57P03'],
]);

/** Whether the server did not answer. Any other error is an answer, such as that there are too many connections. */
export const isLostConnection = (error: unknown) => codes.has((error as { code?: string }).code ?? '');

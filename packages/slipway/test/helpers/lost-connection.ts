/**
 * What a statement fails with whose backend has ended, as PostgreSQL, postgres.js and the socket call it: which of them
 * comes first is a matter of microseconds.
 */
export const lossCodes = /^(57P01|CONNECTION_CLOSED|ECONNRESET|EPIPE)$/;

/** How a connection is encrypted: the values of libpq's `sslmode` that Slipway supports. */
export const sslModes = ['disable', 'require', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

/** Where a server listens. `host` is a name, an address, or the directory of a Unix socket. */
export interface Endpoint {
	readonly host: string;
	readonly port: number;
	readonly sslMode: SslMode;
	/** The file with the certificate of the server's authority, for a server that Slipway started with `ssl`. */
	readonly sslRootCert?: string | undefined;
}

export interface Credentials {
	readonly username: string;
	readonly password: string;
}

/** Everything a client needs to log in to one database. */
export interface Connection extends Endpoint, Credentials {
	readonly database: string;
	/**
	 * What the password may be at a login, most likely first, so that it can change while a client is in use. Default:
	 * `password`.
	 */
	readonly readPasswords?: (() => readonly string[]) | undefined;
}

/** The database that every server has, from which others are created, cloned and dropped. */
export const maintenanceDatabase = 'postgres';

/** Describes a connection in messages: user, host, port and database, without the password. */
export function describeConnection({ username, host, port, database }: Omit<Connection, 'password'>): string {
	return `${username}@${host}:${port}/${database}`;
}

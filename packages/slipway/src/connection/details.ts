/** How a connection is encrypted: the values of libpq's `sslmode` that never fall back to an unencrypted one unasked. */
export const sslModes = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

/** Which servers are right for a client: the values of libpq's `target_session_attrs`. */
export const targets = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const;
export type Target = (typeof targets)[number];

export interface Address {
	/** A name, an address, or the directory of a Unix socket. */
	readonly host: string;
	readonly port: number;
}

/** Several servers with the same data, of which a client connects to one. */
export interface HostChoice {
	readonly hosts: readonly Address[];
	readonly target: Target;
}

/** Files in PEM, by absolute path. */
export interface TlsFiles {
	/** The authorities that the server's certificate is checked against. */
	readonly rootCert?: string | undefined;
	/** The client's certificate and its key: either both or none. */
	readonly cert?: string | undefined;
	readonly key?: string | undefined;
}

/** Where a server listens. */
export interface Endpoint extends Address {
	readonly sslMode: SslMode;
	/** The file with the certificate of the server's authority, for a server that Slipway started with `ssl`. */
	readonly sslRootCert?: string | undefined;
	/** Those that the settings name. */
	readonly tlsFiles?: TlsFiles | undefined;
	/** Where there may be several servers. `host` and `port` are then those of the first. */
	readonly choice?: HostChoice | undefined;
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

/** Where the servers of `endpoint` listen. */
export function addressesOf({
	host,
	port,
	choice,
}: Pick<Endpoint, keyof Address | 'choice'>): readonly Address[] {
	return choice?.hosts ?? [{ host, port }];
}

/** The same in messages: `a:5432,b:5432`. */
export function describeServers(endpoint: Pick<Endpoint, keyof Address | 'choice'>): string {
	return addressesOf(endpoint).map(describeAddress).join(',');
}

export const describeAddress = ({ host, port }: Address) => `${host}:${port}`;

/** Describes a connection in messages: user, hosts, ports and database, without the password. */
export function describeConnection(connection: Omit<Connection, 'password'>): string {
	return `${connection.username}@${describeServers(connection)}/${connection.database}`;
}

import { SlipwayError } from '../errors.ts';

/** PostgreSQL's settings by name, such as `{ max_connections: '200' }`. */
export type ServerSettings = Readonly<Record<string, string>>;

/**
 * For a temporary server: it is small, and its data need not survive a crash. They are part of a snapshot's
 * key.
 */
export const temporarySettings: ServerSettings = {
	fsync: 'off',
	full_page_writes: 'off',
	synchronous_commit: 'off',
	wal_level: 'minimal',
	max_wal_senders: '0',
	// What a test changes is read from the log, and each new clone makes a checkpoint, which removes old log files.
	wal_keep_size: '16MB',
	// It would change statistics while tests run, and copy all tables of a snapshot that is mounted.
	autovacuum: 'off',
	shared_buffers: '16MB',
	// Each clone of a database logs two, which would crowd out the last log lines that an error shows.
	log_checkpoints: 'off',
	// Keeps this memory in the data directory, so that both are removed together even if the server was killed.
	dynamic_shared_memory_type: 'mmap',
};

/**
 * What `replication` sets. Commits wait until they are written, because logical decoding sends a commit only
 * then: with synchronous_commit off, that is up to 0.6 s later.
 */
const replicationSettings: ServerSettings = {
	wal_level: 'logical',
	max_wal_senders: '10',
	max_replication_slots: '10',
	synchronous_commit: 'on',
};

/** The settings that a caller asks for. They win over those of temporary servers. */
export function requestedSettings({ settings, replication = false }: Requested): ServerSettings {
	return { ...(replication && replicationSettings), ...settings };
}

interface Requested {
	readonly settings?: ServerSettings | undefined;
	readonly replication?: boolean | undefined;
}

const reserved = [
	...['port', 'listen_addresses', 'unix_socket_directories', 'data_directory', 'config_file'],
	// Slipway reads from the server's output why it did not start, such as a port in use.
	...['logging_collector', 'log_destination'],
];

/**
 * Throws `invalid-server-settings`, listing every invalid name and every setting that is reserved for
 * Slipway.
 */
export function checkSettings(settings: ServerSettings): void {
	const errors = Object.keys(settings).flatMap((name) => {
		if (reserved.includes(name.toLowerCase())) return [`"${name}" is set by Slipway`];
		return /^[a-z_][\w$]*(\.[a-z_][\w$]*)?$/i.test(name) ? [] : [`"${name}" is not the name of a setting`];
	});
	if (errors.length > 0) throw invalid(errors);
}

/**
 * The error for a server that did not start because of `settings`, from its output; undefined for other
 * reasons.
 */
export function wrongSettings(settings: ServerSettings, log: string): SlipwayError | undefined {
	const names = Object.keys(settings);
	const lines = (log.match(/(?<=FATAL: +).*$/gm) ?? []).filter((line) =>
		names.some((name) => line.includes(`"${name}"`)),
	);
	return lines.length === 0 ? undefined : invalid(lines);
}

function invalid(errors: readonly string[]): SlipwayError {
	return new SlipwayError(
		'invalid-server-settings',
		`PostgreSQL does not start with these server settings: ${errors.join('; ')}`,
		'Correct the settings; PostgreSQL lists them at https://www.postgresql.org/docs/current/runtime-config.html',
	);
}

import { SlipwayError } from '../errors.ts';

/** PostgreSQL's own names and values, such as `{ max_connections: '200' }`. */
export type ServerSettings = Readonly<Record<string, string>>;

/** For a temporary server, which is small and whose data need not survive a crash. They are part of a snapshot's key. */
export const temporarySettings: ServerSettings = {
	fsync: 'off',
	full_page_writes: 'off',
	synchronous_commit: 'off',
	wal_level: 'minimal',
	max_wal_senders: '0',
	shared_buffers: '16MB',
	// Each clone of a database logs two, which would crowd out the last log lines that an error shows.
	log_checkpoints: 'off',
	// In the data directory, so that it is removed with it even when the server was killed.
	dynamic_shared_memory_type: 'mmap',
};

const ours = [
	...['port', 'listen_addresses', 'unix_socket_directories', 'data_directory', 'config_file'],
	// The output of the server says why it did not start, such as for a port that is taken.
	...['logging_collector', 'log_destination'],
];

/** Throws `invalid-server-settings` with every invalid name, and every one that Slipway sets itself. */
export function checkSettings(settings: ServerSettings): void {
	const faults = Object.keys(settings).flatMap((name) => {
		if (ours.includes(name.toLowerCase())) return [`"${name}" is set by Slipway`];
		return /^[a-z_][\w$]*(\.[a-z_][\w$]*)?$/i.test(name) ? [] : [`"${name}" is not the name of a setting`];
	});
	if (faults.length > 0) throw invalid(faults);
}

/** The error for a server that did not start because of `settings`, by its output; undefined for other reasons. */
export function wrongSettings(settings: ServerSettings, log: string): SlipwayError | undefined {
	const names = Object.keys(settings);
	const lines = (log.match(/(?<=FATAL: +).*$/gm) ?? []).filter((line) =>
		names.some((name) => line.includes(`"${name}"`)),
	);
	return lines.length === 0 ? undefined : invalid(lines);
}

function invalid(faults: readonly string[]): SlipwayError {
	return new SlipwayError(
		'invalid-server-settings',
		`PostgreSQL does not start with these server settings: ${faults.join('; ')}`,
		'Correct the settings; PostgreSQL lists them at https://www.postgresql.org/docs/current/runtime-config.html',
	);
}

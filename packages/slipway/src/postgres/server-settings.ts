import { SlipwayError } from '../errors.ts';

/** PostgreSQL's own names and values, such as `{ max_connections: '200' }`. */
export type ServerSettings = Readonly<Record<string, string>>;

/** For data that nobody reads again: they need not outlive a crash, and the server is small. A key of snapshots has them. */
export const throwAwaySettings: ServerSettings = {
	fsync: 'off',
	full_page_writes: 'off',
	synchronous_commit: 'off',
	wal_level: 'minimal',
	max_wal_senders: '0',
	shared_buffers: '16MB',
	// Each clone of a database makes two, which would crowd out what is told at the server's end.
	log_checkpoints: 'off',
	// In the data directory, and gone with it even when the server was killed.
	dynamic_shared_memory_type: 'mmap',
};

const ours = [
	...['port', 'listen_addresses', 'unix_socket_directories', 'data_directory', 'config_file'],
	// What the server prints says why it did not start, such as for a port that is taken.
	...['logging_collector', 'log_destination'],
];

/** Throws `invalid-server-settings`, naming every name that cannot be one, or is not the caller's to set. */
export function checkSettings(settings: ServerSettings): void {
	const faults = Object.keys(settings).flatMap((name) => {
		if (ours.includes(name.toLowerCase())) return [`"${name}" is set by Slipway`];
		return /^[a-z_][\w$]*(\.[a-z_][\w$]*)?$/i.test(name) ? [] : [`"${name}" is not the name of a setting`];
	});
	if (faults.length > 0) throw invalid(faults);
}

/** The error for a server that did not start because of `settings`, by what it printed; undefined for other reasons. */
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

import { SlipwayError } from '../errors.ts';

/** PostgreSQL's own names and values, such as `{ max_connections: '200' }`. */
export type ServerSettings = Readonly<Record<string, string>>;

const ours = ['port', 'listen_addresses', 'unix_socket_directories', 'data_directory', 'config_file'];

/** Throws `invalid-server-settings`, naming every name that cannot be one, or is not the caller's to set. */
export function checkSettings(settings: ServerSettings): void {
	const faults = Object.keys(settings).flatMap((name) => {
		if (ours.includes(name.toLowerCase())) return [`"${name}" is set by Slipway`];
		return /^[a-z_][\w$]*(\.[a-z_][\w$]*)?$/i.test(name) ? [] : [`"${name}" is no name of a setting`];
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

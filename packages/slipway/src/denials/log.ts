import { type Connection, withClient } from '../connection/index.ts';

/** A statement that the server refused for lack of a right. */
export interface LoggedDenial {
	readonly message: string;
	readonly statement: string | undefined;
}

export interface LogFilter {
	/** Whose statements, and in which database. */
	readonly session: Pick<Connection, 'username' | 'database'>;
	/** In milliseconds since the epoch. */
	readonly since: number;
}

/** How much of the log's end to read, in bytes: more than the statements of a test. */
const length = 256 * 1024;

/**
 * The denials in the server's log, which `admin`, a superuser, can read. None where the log is not a file that the server
 * itself can read, as in a container.
 */
export async function readDenials(admin: Connection, filter: LogFilter): Promise<readonly LoggedDenial[]> {
	const rows = await withClient(
		admin,
		(sql) => sql<{ log: Buffer }[]>`
			SELECT pg_read_binary_file(path, greatest((pg_stat_file(path)).size - ${length}, 0), ${length}) AS log
			FROM current_setting('slipway.log', true) AS path WHERE path IS NOT NULL`,
	);
	return rows.flatMap(({ log }) => denialsIn(log.toString(), filter));
}

/** Each entry begins with its time, and a statement follows its error in the same session. */
function denialsIn(log: string, { session, since }: LogFilter): LoggedDenial[] {
	const who = `${session.username}@${session.database} `;
	const entries = log
		.split(/^(?=\d{4}-\d\d-\d\d )/m)
		.map((text) => /^(\S+ \S+ UTC) (\[\d+\]) (.*)$/s.exec(text.trimEnd()) ?? [])
		.map(([, at = '', process, text = '']) => ({ at: Date.parse(at), process, text }))
		.filter(({ at, text }) => at >= since && text.startsWith(who))
		.map((entry) => ({ ...entry, text: entry.text.slice(who.length) }));
	return entries.flatMap(({ process, text }, index) => {
		const message = /^ERROR: +((?:permission denied|must be owner).*)$/s.exec(text)?.[1];
		if (message === undefined) return [];
		const next = entries.slice(index + 1).find((entry) => entry.process === process);
		return [{ message, statement: /^STATEMENT: +(.*)$/s.exec(next?.text ?? '')?.[1] }];
	});
}

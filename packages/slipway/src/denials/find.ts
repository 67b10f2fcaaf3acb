import type { Connection } from '../connection/index.ts';
import { hintForDenial } from './hints.ts';
import { type LoggedDenial, readDenials } from './log.ts';

/** A test or a program that has run. */
export interface RunOnServer {
	readonly app: Connection;
	/** A superuser of the same server. */
	readonly admin: Connection;
	/** When it began, in milliseconds since the epoch. */
	readonly since: number;
}

/** What the server refused the app since then, each once, and what to do. Empty if its log cannot be read. */
export async function findDenials(run: RunOnServer): Promise<string[]> {
	return (await readDistinct(run)).map((denial) => noteOn(denial, run.app.username));
}

/** The first of each message. */
export async function readDistinct({ app, admin, since }: RunOnServer): Promise<readonly LoggedDenial[]> {
	// The server may have ended, which has an error of its own.
	const denials = await readDenials(admin, { session: app, since }).catch(() => []);
	return [...Map.groupBy(denials, ({ message }) => message).values()].flatMap(([first]) => first ?? []);
}

export function noteOn({ message, statement }: LoggedDenial, role: string): string {
	const ran = statement === undefined ? '' : `\n  ${statement.replaceAll('\n', '\n  ')}`;
	const hint = hintForDenial({ message, statement, role });
	return `The server refused a statement of ${role}: ${message}${ran}${hint === undefined ? '' : `\n${hint}`}`;
}

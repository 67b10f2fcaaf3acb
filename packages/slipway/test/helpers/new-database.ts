import { randomBytes } from 'node:crypto';
import { type Connection, type Credentials, withClient } from '../../src/connection/index.ts';
import type { DatabaseSettings } from '../../src/settings/index.ts';

/** Names that no other test has, on a server that several share. */
export function newDatabase(): DatabaseSettings {
	const name = `test_${randomBytes(6).toString('hex')}`;
	return {
		name,
		owner: `${name}_owner`,
		migrator: { username: `${name}_migrator`, password: 'for the migrator' },
		app: { username: `${name}_app`, password: 'for the app' },
	};
}

/** Runs statements in a database of the server that `admin` logs in to, and returns the rows of the last one. */
export async function run(
	admin: Connection,
	database: string,
	{ username, password }: Credentials,
	statements: string,
): Promise<readonly Record<string, unknown>[]> {
	return await withClient({ ...admin, username, password, database }, async (sql) => {
		const result = await sql.unsafe(statements);
		return [...(Array.isArray(result[0]) ? (result.at(-1) as unknown as typeof result) : result)];
	});
}

/** The summaries of `changes`, with the names of `settings` put back to `db`, `owner`, `migrator` and `app`. */
export function summaries(changes: readonly { summary: string }[], { name }: DatabaseSettings): string[] {
	return changes.map(({ summary }) => summary.replaceAll(`${name}_`, '').replaceAll(name, 'db'));
}

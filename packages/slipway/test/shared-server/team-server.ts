import { afterAll, beforeAll } from 'vitest';
import { type Login, toLogin, withClient } from '../../src/connection/index.ts';
import { type PostgresServer, startEmbedded } from '../../src/postgres/index.ts';

/** A server that a team shares. */
export interface TeamServer {
	/** A superuser's, which Slipway does not get. */
	readonly admin: Login;
	/** The URL for a new login with these attributes, such as `CREATEDB`. */
	urlFor(name: string, attributes: string): Promise<string>;
	/** The URL for the login that the tests of a file share. */
	teamUrl(): string;
	/** The databases of runs, and the templates. */
	databases(like?: string): Promise<string[]>;
}

/** One for the tests of a file. */
export function useTeamServer(): TeamServer {
	let server: PostgresServer;
	beforeAll(async () => {
		server = await startEmbedded({ settings: { max_connections: '200' } });
		await urlFor('team', 'CREATEDB CREATEROLE');
	});
	afterAll(() => server.stop());
	const urlOf = (name: string) =>
		toLogin({ ...server.admin, username: name, password: `secret of ${name}`, database: 'postgres' }).url;
	const urlFor = async (name: string, attributes: string) => {
		await withClient(server.admin, (sql) =>
			sql.unsafe(`CREATE ROLE ${name} LOGIN ${attributes} PASSWORD 'secret of ${name}'`),
		);
		return urlOf(name);
	};
	return {
		get admin() {
			return server.admin;
		},
		teamUrl: () => urlOf('team'),
		urlFor,
		databases: (like = 'slipway%') =>
			withClient(server.admin, async (sql) => {
				const rows = await sql<{ name: string }[]>`
					SELECT datname AS name FROM pg_database WHERE datname LIKE ${like} ORDER BY datname`;
				return rows.map(({ name }) => name);
			}),
	};
}

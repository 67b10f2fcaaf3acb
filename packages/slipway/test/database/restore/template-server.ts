import type { Sql } from 'postgres';
import { maintenanceDatabase, openClient } from '../../../src/connection/index.ts';
import { cloneTemplate, sealTemplate } from '../../../src/database/template/index.ts';
import type { PreparedServer } from '../../../src/start-postgres.ts';
import { startTestDatabase } from '../../helpers/server.ts';
import { schema } from './schema.ts';

/** A server whose database `app` is a sealed template with `schema`. */
export interface TemplateServer extends AsyncDisposable {
	readonly server: PreparedServer;
	/** Logged in to the maintenance database. */
	readonly superuser: Sql;
	/** A name that no other clone has. */
	newName(): string;
	createClone(): Promise<string>;
}

export async function startTemplateServer(): Promise<TemplateServer> {
	const server = await startTestDatabase({
		roles: { temporaryTables: true },
		// Autovacuum would change statistics in the template, too.
		settings: { max_prepared_transactions: '5', autovacuum: 'off' },
		seed: schema,
	});
	const superuser = openClient({ ...server.admin, database: maintenanceDatabase });
	await sealTemplate(superuser, 'app');
	let count = 0;
	const newName = () => `app_${++count}`;
	return {
		server,
		superuser,
		newName,
		async createClone() {
			const name = newName();
			await cloneTemplate(superuser, 'app', name);
			return name;
		},
		async [Symbol.asyncDispose]() {
			await superuser.end();
			await server[Symbol.asyncDispose]();
		},
	};
}

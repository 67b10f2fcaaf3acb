import type { Sql } from 'postgres';
import { maintenanceDatabase, openClient, toLogin } from '../connection/index.ts';
import { cloneTemplate, dropDatabase, sealTemplate } from '../database/template/index.ts';
import type { PooledServer } from '../server-pool/index.ts';
import { hashFiles } from '../server-pool/index.ts';
import { inputFilesOf, type StartPostgresOptions } from '../start-options.ts';
import { type PreparedServer, startPrepared } from '../start-postgres.ts';

/** What the broker is asked for. */
export interface ServerRequest extends StartPostgresOptions {
	/** A database of its own is enough. It is on a server that all requests with the same name and options share. */
	readonly sharedBy?: string;
}

interface Host {
	readonly server: PreparedServer;
	readonly superuser: Sql;
}

interface Entry {
	readonly host: Promise<Host>;
	databases: number;
}

/** Starts servers, and databases on shared servers. A shared server stops with its last database. */
export class DatabaseHosts {
	readonly #entries = new Map<string, Entry>();
	#count = 0;

	async start({ sharedBy, ...options }: ServerRequest): Promise<PooledServer> {
		if (sharedBy === undefined) return await startPrepared(options);
		// A change of the migrations makes another template.
		const key = JSON.stringify([sharedBy, options, hashFiles(inputFilesOf(options))]);
		const entry = this.#entries.get(key) ?? { host: startHost(options), databases: 0 };
		this.#entries.set(key, entry);
		entry.databases++;
		try {
			return await this.#clone(await entry.host, () => this.#release(key, entry));
		} catch (error) {
			await this.#release(key, entry);
			throw error;
		}
	}

	async #release(key: string, entry: Entry): Promise<void> {
		entry.databases--;
		if (entry.databases > 0) return;
		this.#entries.delete(key);
		const host = await entry.host.catch(() => undefined);
		await host?.superuser.end({ timeout: 0 });
		await host?.server.stop();
	}

	async #clone({ server, superuser }: Host, release: () => Promise<void>): Promise<PooledServer> {
		const database = `${server.app.database}_${++this.#count}`;
		await cloneTemplate(superuser, server.app.database, database);
		return {
			app: toLogin({ ...server.app, database }),
			migrator: toLogin({ ...server.migrator, database }),
			admin: toLogin({ ...server.admin, database }),
			ended: server.ended,
			isShared: true,
			async [Symbol.asyncDispose]() {
				await dropDatabase(superuser, database).finally(release);
			},
		};
	}
}

async function startHost(options: StartPostgresOptions): Promise<Host> {
	const server = await startPrepared(options);
	const superuser = openClient(
		{ ...server.admin, database: maintenanceDatabase },
		{ max: 2, applicationName: 'slipway clones' },
	);
	try {
		await sealTemplate(superuser, server.app.database);
		return { server, superuser };
	} catch (error) {
		await superuser.end({ timeout: 0 });
		await server.stop();
		throw error;
	}
}

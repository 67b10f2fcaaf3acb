import type { ResolvedConfig } from '../config/index.ts';
import type { Connection } from '../connection/index.ts';
import type { ProviderName } from '../provider-names.ts';
import { appConnection, type Settings } from '../settings/index.ts';
import { onBranch } from './branches/index.ts';
import { applyMigrations, prepareDatabase, type Report, seedDatabase } from './prepare.ts';

/** What it is made from. */
export interface CurrentDatabaseOptions {
	/** The project's folder. */
	readonly root: string;
	readonly config: ResolvedConfig;
	readonly provider: ProviderName;
	/** They name the database that is used without branches. */
	readonly settings: Settings;
	readonly report: Report;
}

/** The server that it is on. */
export interface CurrentServer {
	/** The superuser's login, or the admin's on an external server. It changes when the server is restarted. */
	readonly admin: Connection;
}

/** The database that `dev` works with: another one after a git branch was checked out, if each has its own. */
export class CurrentDatabase {
	readonly #options: CurrentDatabaseOptions;
	readonly #server: CurrentServer;
	#settings: Settings;

	constructor(options: CurrentDatabaseOptions, server: CurrentServer) {
		this.#options = options;
		this.#server = server;
		this.#settings = options.settings;
	}

	/** The service's login. It may use a pooler in front of an external server. */
	get login(): Connection {
		return appConnection(this.#settings, this.#endpoint);
	}

	/** Brings roles, database, extensions and schema up to date. */
	async prepare(): Promise<void> {
		await this.followBranch();
		await prepareDatabase(this.#server, this.#preparation, this.#options.provider !== 'external');
	}

	/** Moves to the database of the branch that is checked out, if each branch has one. */
	async followBranch(): Promise<void> {
		const { admin } = this.#server;
		this.#settings = await onBranch({ ...this.#options, admin, endpoint: this.#endpoint });
	}

	/** Brings the schema up to date. */
	async migrate(): Promise<void> {
		await applyMigrations(this.#server, this.#preparation);
	}

	async seed(): Promise<void> {
		await seedDatabase(this.login, this.#options.config, this.#options.report);
	}

	get #endpoint(): Connection | undefined {
		return this.#options.provider === 'external' ? undefined : this.#server.admin;
	}

	get #preparation() {
		return { ...this.#options, settings: this.#settings };
	}
}

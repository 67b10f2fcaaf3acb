import type { Sql } from 'postgres';
import type { ResolvedConfig } from '../../config/index.ts';
import { maintenanceDatabase, withClient } from '../../connection/index.ts';
import { type DevData, withDevData } from '../../database/dev-data/index.ts';
import { checkoutFiles, readCheckout, usesBranches, withDatabaseServer } from '../../dev/index.ts';
import { SlipwayError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { reporter } from '../output.ts';
import { configOf, type Project, settingsOf } from '../project.ts';

/** The server with the dev data, and which of it is in use. */
export interface DevDataServer {
	/** The admin's client of the database `postgres`, for reading. */
	readonly sql: Sql;
	/** The database in the settings, by which the server tells the data of projects apart. */
	readonly name: string;
	readonly config: ResolvedConfig;
	/** They name the database in use. */
	readonly settings: Settings;
	/** What tells this checkout's branches from those of others on the same server; undefined without branches. */
	readonly checkout: string | undefined;
	/** Where the dev server listens; undefined if the settings name a server. */
	readonly endpoint: Settings['endpoint'] | undefined;
	readonly report: (line: string) => void;
	/** Calls `use` while no other command changes the dev data. */
	change(use: (data: DevData) => Promise<void>): Promise<void>;
}

export interface CurrentData extends DevDataServer {
	readonly data: DevData;
}

/** Calls `use` with the server of the dev data, which other commands may change meanwhile. Throws `production-data`. */
export async function withDevDataServer(
	project: Project,
	use: (server: DevDataServer) => Promise<void>,
): Promise<void> {
	const [config, settings] = [await configOf(project), await settingsOf(project)];
	if (settings.environment === 'production') throw productionData(settings.database.name);
	const { name } = settings.database;
	const { root } = project;
	const report = reporter(project);
	await withDatabaseServer({ settings, root, config, report }, async ({ admin, ...server }) => {
		const checkout = usesBranches(config, settings) ? readCheckout(checkoutFiles(root)).id : undefined;
		const change = (act: (data: DevData) => Promise<void>) =>
			withDevData(admin, name, settings.database, act, { onWait: report });
		await withClient({ ...admin, database: maintenanceDatabase }, (sql) =>
			use({ sql, name, config, checkout, report, change, ...server }),
		);
	});
}

/** Calls `use` while no other command changes the dev data. Throws `production-data`. */
export async function withCurrentData(
	project: Project,
	use: (current: CurrentData) => Promise<void>,
): Promise<void> {
	await withDevDataServer(project, (server) => server.change((data) => use({ ...server, data })));
}

function productionData(database: string): SlipwayError {
	return new SlipwayError(
		'production-data',
		`NODE_ENV=production: npx slipway db does not touch the database ${JSON.stringify(database)}`,
		"It ends the sessions of a database, and replaces its data. Use your server's own backups in production.",
	);
}

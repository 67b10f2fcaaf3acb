import type { Sql } from 'postgres';
import type { Login } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { unmanaged } from '../postgres/index.ts';
import { majorOf } from '../postgres-versions.ts';
import { type Contents, loginsOf, prepareServer, privateDatabase, snapshotSpec } from '../prepare/index.ts';
import { parseTestServer, type RoleOptions } from '../settings/index.ts';
import { createDatabase } from './database.ts';
import { type OwnServerOptions, refuseOwnServerOptions } from './requirements.ts';
import { bootstrapShared } from './roles.ts';
import { joinServer, type Run } from './run.ts';
import { sweepOnce } from './sweep.ts';
import type { TemplateSpec } from './template.ts';

export interface SharedServerOptions extends OwnServerOptions {
	/** The URL of the server. */
	readonly server?: string | undefined;
	readonly version?: number | undefined;
	readonly roles?: RoleOptions | undefined;
}

/** A prepared database of this process on a shared server. */
export interface SharedDatabase {
	readonly app: Login;
	readonly migrator: Login;
	/** The login that the server's URL has. */
	readonly admin: Login;
	/** A client of the admin in another database, which does not keep this process alive. */
	readonly sql: Sql;
	/** Whether anyone has connected to it, besides these `sessions`. */
	wasUsed(sessions?: number): Promise<boolean>;
	stop(): Promise<void>;
}

type SharedContents = Omit<Contents, 'database'>;

/**
 * A database on the shared server, like the one that a server of one's own would have. It is dropped when it is
 * stopped, or by another run after this process has ended. Throws `no-test-server`, `needs-own-server`, `version-mismatch`,
 * `test-server-rights`, `role-of-others`, and what preparing a server throws.
 */
export async function startOnSharedServer(
	options: SharedServerOptions,
	contents: SharedContents,
): Promise<SharedDatabase> {
	refuseOwnServerOptions(options);
	if (options.server === undefined) throw noTestServer();
	const admin = parseTestServer(options.server);
	return await stayingAlive(async () => {
		const run = await joinServer(admin);
		requireVersion(run, options.version);
		const roles = options.roles;
		const { name, wasUsed, drop } = await createDatabase(run, await templateSpec(run, contents, roles));
		sweepOnce(run);
		const database = { ...privateDatabase({ admin }, roles), name };
		return {
			...loginsOf(unmanaged(admin), database),
			sql: run.sql,
			wasUsed: (sessions) => stayingAlive(() => wasUsed(sessions)),
			stop: () => stayingAlive(drop),
		};
	});
}

async function templateSpec(
	run: Run,
	contents: SharedContents,
	roles: RoleOptions | undefined,
): Promise<TemplateSpec> {
	const { admin, server } = run;
	const origin = { provider: 'external', identity: [String(server.version), admin.username] } as const;
	const keys = async () => (await snapshotSpec(origin, { ...contents, roles })).keys.at(-1) ?? '';
	const key = await keys();
	return {
		key,
		make: async (name) => {
			const database = { ...privateDatabase({ admin }, roles), name };
			const bootstrap = (settings: typeof database) => bootstrapShared(run, settings);
			await prepareServer(unmanaged(admin), { ...contents, database }, { bootstrap });
			if ((await keys()) !== key) throw changedMeanwhile();
		},
	};
}

/** The session of the run does not keep this process alive while it is idle. */
async function stayingAlive<T>(work: () => Promise<T>): Promise<T> {
	const timer = setInterval(() => {}, 2 ** 31 - 1);
	try {
		return await work();
	} finally {
		clearInterval(timer);
	}
}

function requireVersion({ server }: Run, version: number | undefined): void {
	const major = majorOf(server.version);
	if (version === undefined || version === major) return;
	throw new SlipwayError(
		'version-mismatch',
		`the shared test server runs PostgreSQL ${major}, but version ${version} is set`,
		'Set SLIPWAY_TEST_SERVER to a server of that version, or change the version.',
	);
}

const noTestServer = () =>
	new SlipwayError(
		'no-test-server',
		"tests use provider: 'external', but no server is named",
		'Set SLIPWAY_TEST_SERVER to its URL: postgres://user:password@host:5432/postgres. With vitest, add the plugin slipway(), which reads it. SLIPWAY_POSTGRES must not name another provider.',
	);

const changedMeanwhile = () =>
	new SlipwayError('migrations-changed', 'the migrations changed while they were applied', 'Run it again.');

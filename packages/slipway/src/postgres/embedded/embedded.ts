import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockDirectory } from '../directory-lock.ts';
import { explainFileError } from '../file-errors.ts';
import { type PostgresServer, stoppedBy, unexpectedEnd } from '../postgres-server.ts';
import type { StartOptions } from '../provider.ts';
import { ensureBinaries } from './binaries.ts';
import { type Cluster, ensureCluster, superuserConnection } from './cluster.ts';
import { postmasterPid, stopWith } from './postmaster.ts';
import { type Programs, preparePrograms } from './programs.ts';
import { type RunningServer, startServer } from './server.ts';
import { orderStop } from './supervisor.ts';
import { createTemporaryServerFolder, removalOf } from './temporary-server.ts';

export type EmbeddedOptions = Omit<StartOptions, 'image'>;

/**
 * Starts PostgreSQL from the npm binaries on a free port of 127.0.0.1. The server ends when it is stopped,
 * and within 2 s of the end of this process.
 *
 * Throws `directory-in-use`, `data-directory-version`, `no-space`, `unwritable`, `no-temporary-folder`,
 * `path-too-long`, `unusable-path`, `no-binaries`, `too-few-files`, `initdb-failed`, `no-shared-memory`,
 * `invalid-server-settings` and `server-did-not-start`.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<PostgresServer> {
	return toPostgresServer(await startManaged(options));
}

/** Fills a server's folder with an existing cluster, before a new one would be created there. */
export type Fill = (folder: string, programs: Programs) => Promise<void>;

/** Like `startEmbedded`, but also gives this folder's code access to the server's files and process. */
export async function startManaged(options: EmbeddedOptions, fill?: Fill): Promise<ManagedServer> {
	const { directory, command, settings, version } = options;
	const binaries = await ensureBinaries({ version });
	const durable = directory !== undefined;
	const { folder, guard } = durable ? { folder: resolve(directory) } : await createTemporaryServerFolder();
	using _guard = guard;
	try {
		if (durable) mkdirSync(folder, { recursive: true });
		const lock = await lockDirectory(folder, command ?? 'another program');
		const files = durable ? lock : removalOf(folder);
		return await releasedOnFailure(files, async () => {
			const programs = await preparePrograms(binaries, folder, durable, settings);
			await fill?.(folder, programs);
			const cluster = await ensureCluster(folder, programs);
			const server = await startServer({ directory: folder, data: cluster.data, guard }, programs);
			return { server, cluster, folder, programs, durable, files };
		});
	} catch (error) {
		throw explainFileError(error, folder);
	}
}

async function releasedOnFailure<T>(files: Disposable, start: () => Promise<T>): Promise<T> {
	try {
		return await start();
	} catch (error) {
		files[Symbol.dispose]();
		throw error;
	}
}

export interface ManagedServer {
	readonly server: RunningServer;
	readonly cluster: Cluster;
	/** Contains all files of this server. */
	readonly folder: string;
	readonly programs: Programs;
	readonly durable: boolean;
	/** Unlocks the files of a durable server, and removes those of a temporary one. */
	readonly files: Disposable;
}

export function toPostgresServer(managed: ManagedServer): PostgresServer {
	const { server, cluster, durable, files } = managed;
	let disposed: Promise<void> | undefined;
	return {
		admin: superuserConnection(server.port, cluster.superuserPassword),
		ended: new Promise((resolveEnded) => {
			void server.ended.then(({ output }) => {
				if (disposed === undefined) resolveEnded(unexpectedEnd('PostgreSQL', output, durable));
			});
		}),
		...stoppedBy(() => {
			disposed ??= stopServer(managed).finally(() => files[Symbol.dispose]());
			return disposed;
		}),
	};
}

/** Seconds until force is used. A last checkpoint takes time; a temporary server makes none. */
const durableTimeout = 20;
const temporaryTimeout = 1;

/** If the supervisor was killed, it does not carry out the order: then the server is stopped directly. */
async function stopServer({ server, cluster: { data }, durable }: ManagedServer): Promise<void> {
	const { supervisor, ended } = server;
	const seconds = durable ? durableTimeout : temporaryTimeout;
	orderStop(supervisor, seconds);
	const overdue = sleep((seconds + 5) * 1000, 'overdue', { ref: false });
	if ((await Promise.race([ended, overdue])) === 'overdue') supervisor.unref();
	const pid = postmasterPid(data);
	if (pid !== undefined && !(await stopWith('SIGQUIT', pid, data))) await stopWith('SIGKILL', pid, data);
}

import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../errors.ts';
import { lockDirectory } from '../directory-lock.ts';
import { explainFileError } from '../file-errors.ts';
import { type PostgresServer, stoppedBy, unexpectedEnd } from '../postgres-server.ts';
import type { StartOptions } from '../provider.ts';
import { requestedSettings } from '../server-settings.ts';
import { ensureBinaries } from './binaries.ts';
import { type InstalledCertificate, installCertificate } from './certificate.ts';
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
 * `path-too-long`, `unusable-path`, `no-binaries`, `port-in-use`, `too-few-files`, `initdb-failed`, `no-shared-memory`,
 * `invalid-server-settings` and `server-did-not-start`.
 */
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<PostgresServer> {
	return toPostgresServer(await startManaged(options));
}

/** An existing cluster for a server. */
export interface Source {
	/** How large it is, packed. */
	readonly bytes: number;
	/**
	 * Fills the server's folder with it, before a new one would be created there. Resolves with how to start the programs
	 * on it.
	 */
	fill(folder: string, programs: Programs): Promise<Programs>;
}

/** Like `startEmbedded`, but also gives this folder's code access to the server's files and process. */
export async function startManaged(options: EmbeddedOptions, source?: Source): Promise<ManagedServer> {
	const { directory, command, port, version } = options;
	const binaries = await ensureBinaries({ version });
	const durable = directory !== undefined;
	const { folder, guard } = durable
		? { folder: resolve(directory) }
		: await createTemporaryServerFolder(source?.bytes);
	using _guard = guard;
	try {
		if (durable) mkdirSync(folder, { recursive: true });
		const lock = await lockDirectory(folder, command ?? 'another program');
		const files = durable ? lock : removalOf(folder);
		return await releasedOnFailure(files, async () => {
			const prepared = await preparePrograms(binaries, folder, durable, requestedSettings(options));
			const programs = (await source?.fill(folder, prepared)) ?? prepared;
			const cluster = await ensureCluster(folder, programs);
			const certificate = options.ssl ? installCertificate(folder, programs.launch) : undefined;
			const started = { directory: folder, data: cluster.data, guard, certificate };
			const server = await (port === undefined
				? startServer(started, programs)
				: startServer(started, programs, [port]).catch(explainFixedPort(port)));
			return { server, cluster, folder, programs, durable, files, certificate };
		});
	} catch (error) {
		throw explainFileError(error, folder);
	}
}

/** Throws `port-in-use` if the server could not listen on the only port that it may use. */
function explainFixedPort(port: number) {
	return (error: unknown): never => {
		if (!(error instanceof SlipwayError) || error.code !== 'no-free-port') throw error;
		throw new SlipwayError(
			'port-in-use',
			`PostgreSQL cannot listen on port ${port} of 127.0.0.1: ${/could not bind.*/.exec(error.message)?.[0]}`,
			'Stop the program that listens there, or choose another port.',
			{ cause: error },
		);
	};
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
	readonly certificate: InstalledCertificate | undefined;
	/** Unlocks the files of a durable server, and removes those of a temporary one. */
	readonly files: Disposable;
}

export function toPostgresServer(managed: ManagedServer): PostgresServer {
	const { server, cluster, durable, files, certificate } = managed;
	let disposed: Promise<void> | undefined;
	return {
		admin: superuserConnection(server.port, cluster.superuserPassword, certificate?.authorityFile),
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

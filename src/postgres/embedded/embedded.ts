import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../errors.ts';
import { claimDirectory } from '../claim.ts';
import type { PostgresServer } from '../provider.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { type Cluster, ensureCluster, superuserConnection } from './cluster.ts';
import { explainFileFault } from './file-faults.ts';
import { endsOn, postmasterPid } from './postmaster.ts';
import { preparePrograms } from './programs.ts';
import { type RunningServer, startServer } from './server.ts';
import { orderStop } from './supervisor.ts';
import { makeThrowAway, removalOf } from './throw-away.ts';

export interface EmbeddedOptions {
	/** Keeps the server's files, from one start to the next. Without it the server is removed when it ends. */
	readonly directory?: string;
	/** Who uses the directory, for the message to whoever comes second. */
	readonly command?: string;
}

/**
 * Starts PostgreSQL's own programs on a port of 127.0.0.1 that nobody else has. The server ends when it is disposed
 * of, and within 2 s when this process is gone without having done so.
 *
 * Throws `directory-in-use`, `data-directory-version`, `no-space`, `unwritable`, `path-too-long`, `no-binaries`,
 * `initdb-failed` and `server-did-not-start`.
 */
export async function startEmbedded({ directory, command }: EmbeddedOptions = {}): Promise<PostgresServer> {
	const binaries = findBinaries();
	const durable = directory !== undefined;
	const folder = durable ? resolve(directory) : await makeThrowAway();
	try {
		if (durable) mkdirSync(folder, { recursive: true });
		const claim = await claimDirectory(folder, command ?? 'another program');
		return await startIn(folder, binaries, durable, durable ? claim : removalOf(folder));
	} catch (error) {
		throw explainFileFault(error, folder);
	}
}

async function startIn(
	directory: string,
	binaries: Binaries,
	durable: boolean,
	files: Disposable,
): Promise<PostgresServer> {
	try {
		const programs = await preparePrograms(binaries, directory, durable);
		const cluster = await ensureCluster(directory, programs);
		const server = await startServer({ directory, data: cluster.data }, programs);
		return handOver({ server, cluster, durable, files });
	} catch (error) {
		files[Symbol.dispose]();
		throw error;
	}
}

interface Holding {
	readonly server: RunningServer;
	readonly cluster: Cluster;
	readonly durable: boolean;
	readonly files: Disposable;
}

function handOver(holding: Holding): PostgresServer {
	const { server, cluster, files } = holding;
	let disposed: Promise<void> | undefined;
	return {
		admin: superuserConnection(server.port, cluster.superuserPassword),
		ended: new Promise((resolveEnded) => {
			void server.ended.then(({ output }) => {
				if (disposed === undefined) resolveEnded(unexpectedEnd(output));
			});
		}),
		[Symbol.asyncDispose]: () => {
			disposed ??= stopServer(holding).finally(() => files[Symbol.dispose]());
			return disposed;
		},
	};
}

/** The time for a last checkpoint, in seconds. What is thrown away has none to make. */
const patience = { durable: 20, throwAway: 1 };

/** A server whose supervisor does not carry out the order, because it was killed, is ended without it. */
async function stopServer({ server, cluster: { data }, durable }: Holding): Promise<void> {
	const { supervisor, ended } = server;
	const seconds = durable ? patience.durable : patience.throwAway;
	orderStop(supervisor, seconds);
	const overdue = sleep((seconds + 5) * 1000, 'overdue', { ref: false });
	if ((await Promise.race([ended, overdue])) === 'overdue') supervisor.unref();
	const pid = postmasterPid(data);
	if (pid !== undefined && !(await endsOn('SIGQUIT', pid, data))) await endsOn('SIGKILL', pid, data);
}

function unexpectedEnd(output: string): SlipwayError {
	return new SlipwayError(
		'server-ended',
		`PostgreSQL ended by itself. Its last words:\n${output}`,
		'Start again; what was committed is kept.',
	);
}

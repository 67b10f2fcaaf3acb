import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { claimDirectory } from '../claim.ts';
import type { PostgresServer } from '../provider.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { clusterIn, ensureCluster, superuserConnection } from './cluster.ts';
import { programEnvironment } from './environment.ts';
import { explainFileFault } from './file-faults.ts';
import { isPostmaster, postmasterPid, waitFor } from './postmaster.ts';
import type { Programs } from './programs.ts';
import { type RunningServer, startServer } from './server.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { chooseLaunch } from './user.ts';

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
export async function startEmbedded(options: EmbeddedOptions = {}): Promise<PostgresServer> {
	const binaries = findBinaries();
	const durable = options.directory !== undefined;
	const directory = durable ? resolve(options.directory) : mkdtempSync(join(temporaryFolder(), 'slipway-'));
	try {
		const files = durable ? await claim(directory, options.command) : temporary(directory);
		return await startIn(directory, binaries, durable, files);
	} catch (error) {
		throw explainFileFault(error, directory);
	}
}

async function claim(directory: string, command = 'another program'): Promise<Disposable> {
	mkdirSync(directory, { recursive: true });
	return await claimDirectory(directory, command);
}

function temporary(directory: string): Disposable {
	return { [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }) };
}

async function startIn(
	directory: string,
	binaries: Binaries,
	durable: boolean,
	files: Disposable,
): Promise<PostgresServer> {
	try {
		const launch = await chooseLaunch(clusterIn(directory));
		const environment = programEnvironment(binaries.libraries, directory);
		const programs: Programs = { binaries, launch, environment, durable };
		const { data, superuserPassword } = await ensureCluster(directory, programs);
		const server = await startServer({ directory, data }, programs);
		return handOver(server, data, superuserPassword, files);
	} catch (error) {
		files[Symbol.dispose]();
		throw error;
	}
}

function handOver(server: RunningServer, data: string, password: string, files: Disposable): PostgresServer {
	let disposed: Promise<void> | undefined;
	return {
		admin: superuserConnection(server.port, password),
		ended: new Promise((resolveEnded) => {
			void server.ended.then(({ output }) => {
				if (disposed === undefined) resolveEnded(unexpectedEnd(output));
			});
		}),
		[Symbol.asyncDispose]: () => {
			disposed ??= stopServer(server, data).finally(() => files[Symbol.dispose]());
			return disposed;
		},
	};
}

/** Closing the pipe is the order to stop. A server whose supervisor was killed is stopped by hand. */
async function stopServer({ supervisor, ended }: RunningServer, data: string): Promise<void> {
	supervisor.stdin?.end();
	supervisor.ref();
	await ended;
	const pid = postmasterPid(data);
	if (pid === undefined || !isPostmaster(pid, data)) return;
	process.kill(pid, 'SIGQUIT');
	await waitFor(() => !isPostmaster(pid, data), 5_000);
}

function unexpectedEnd(output: string): SlipwayError {
	return new SlipwayError(
		'server-ended',
		`PostgreSQL ended by itself. Its last words:\n${output}`,
		'Start again; what was committed is kept.',
	);
}

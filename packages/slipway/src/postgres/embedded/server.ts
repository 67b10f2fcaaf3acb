import type { ChildProcess } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../errors.ts';
import { since } from '../../postgres-versions.ts';
import { fileLimit, isFull, reportsFileLimit, reportsNoSpace } from '../file-errors.ts';
import { type ServerSettings, temporarySettings, wrongSettings } from '../server-settings.ts';
import { candidatePorts, rememberPort } from './port.ts';
import { endOrphan, endStarting, isReady } from './postmaster.ts';
import type { Programs } from './programs.ts';
import { segmentError } from './shared-memory.ts';
import { type Ended, endOf, orderStop, startSupervised } from './supervisor.ts';

export interface ServerFiles {
	/** Contains all files of this server. Unless it is durable, it is removed when the server has ended. */
	readonly directory: string;
	readonly data: string;
	/** Guards the directory until a supervisor takes over. */
	readonly guard?: Disposable | undefined;
	readonly certificate?: { readonly settings: ServerSettings } | undefined;
}

/** A server that accepts connections on 127.0.0.1. */
export interface RunningServer {
	readonly port: number;
	readonly supervisor: ChildProcess;
	readonly ended: Promise<Ended>;
}

/**
 * Starts PostgreSQL on the first of `ports` that is free. The server itself binds the port and exits if it is
 * taken, so that no other program can take it between the choice and the use.
 */
export async function startServer(
	files: ServerFiles,
	programs: Programs,
	ports: Iterable<number> = candidatePorts(files.directory),
): Promise<RunningServer> {
	await endOrphan(files.data);
	let failure = '';
	for (const port of ports) {
		const server = await tryPort(files, programs, port);
		if (typeof server !== 'string') return server;
		failure = server;
		if (!failure.includes('could not bind')) throw startError(files.data, programs.settings, failure);
	}
	throw new SlipwayError(
		'no-free-port',
		`PostgreSQL could not listen on any of the ports that were tried: ${failure}`,
		'Stop some of the programs that listen on 127.0.0.1.',
	);
}

/** Resolves with the output of the server if it did not start. */
async function tryPort(
	files: ServerFiles,
	programs: Programs,
	port: number,
): Promise<RunningServer | string> {
	for (let attempt = 1; ; attempt++) {
		const server = launchServer(files, programs, port);
		const failure = await waitUntilReady(server, files.data);
		if (failure === undefined) return remember(server, files.directory);
		if (attempt === 30) return failure;
		// A process that was killed had just started a server, which had no lock file yet.
		if (failure.includes('lock file "postmaster.pid"')) await endStarting(files.data);
		// Processes of a server whose postmaster was killed notice that and exit within moments.
		else if (failure.includes('shared memory block')) await sleep(100);
		else return failure;
	}
}

async function remember(server: RunningServer, directory: string): Promise<RunningServer> {
	try {
		rememberPort(directory, server.port);
		return server;
	} catch (error) {
		orderStop(server.supervisor, 1);
		await server.ended;
		throw error;
	}
}

function launchServer(
	{ directory, data, guard, certificate }: ServerFiles,
	programs: Programs,
	port: number,
): RunningServer {
	const path = join(directory, 'postgres.log');
	writeFileSync(path, '', { mode: 0o600 });
	const log = openSync(path, 'a+');
	const supervisor = startSupervised({
		programs,
		command: programs.binaries.postgres,
		args: ['-D', data, '-p', String(port), ...parameters(programs, path, certificate?.settings)],
		log,
		stopSignal: programs.durable ? 'INT' : 'QUIT',
		removeWhenStopped: programs.durable ? undefined : directory,
	});
	guard?.[Symbol.dispose]();
	return { port, supervisor, ended: endOf(supervisor, log) };
}

function parameters({ binaries, durable, settings }: Programs, log: string, ssl?: ServerSettings): string[] {
	const own = {
		listen_addresses: '127.0.0.1',
		// The path of a socket is limited to 103 bytes, which many checkouts exceed.
		unix_socket_directories: '',
		...(!durable && temporarySettings),
		...(!durable && readableLog(log)),
		...(!durable && binaries.major >= since.ioMethod && { io_method: 'sync' }),
		...ssl,
		...settings,
	};
	return Object.entries(own).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Tests read in it what the server refused: when, to whom, in which database. */
function readableLog(path: string): ServerSettings {
	return { 'slipway.log': path, log_line_prefix: '%m [%p] %q%u@%d ', log_timezone: 'UTC' };
}

/** Resolves with undefined when the server is ready, or with its output if it exits instead. */
async function waitUntilReady({ port, ended }: RunningServer, data: string): Promise<string | undefined> {
	let end: Ended | undefined;
	void ended.then((value) => {
		end = value;
	});
	while (end === undefined) {
		if (isReady(data, port)) return undefined;
		await sleep(2);
	}
	return end.output;
}

function startError(data: string, settings: ServerSettings, log: string): SlipwayError {
	const lines = log.match(/(?:FATAL|PANIC|HINT|DETAIL|error while loading).*$|LOG: .* in file .*$/gm) ?? [
		log || 'it printed nothing',
	];
	const message = `PostgreSQL did not start on ${data}: ${lines.join('\n')}`;
	const wrong = wrongSettings(settings, log);
	if (wrong !== undefined) return wrong;
	const noSharedMemory = segmentError(message, log);
	if (noSharedMemory !== undefined) return noSharedMemory;
	if (reportsFileLimit(log)) return fileLimit(message);
	if (reportsNoSpace(log) || isFull(data))
		return new SlipwayError('no-space', message, 'Free some space on that disk, then try again.');
	if (log.includes('Permission denied') || log.includes('Operation not permitted'))
		return new SlipwayError(
			'unwritable',
			message,
			'Make this user the owner of the directory (chown -R), then try again.',
		);
	return new SlipwayError('server-did-not-start', message, 'Fix what PostgreSQL reports, then try again.');
}

import { once } from 'node:events';
import { connect } from 'node:net';
import { extname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { Connection } from '../../connection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { ensurePgDump } from './package.ts';
import { ClientMessages, ServerMessages } from './protocol.ts';
import type { PgDumpInput, PgDumpOutput } from './worker.ts';

/** Runs pg_dump on a database and resolves with its output, in UTF-8. Throws `dump-failed` and what `ensurePgDump` throws. */
export async function pgDump(
	connection: Connection,
	args: readonly string[],
	project: string,
): Promise<string> {
	const module = await ensurePgDump(project);
	const { port1: port, port2: workerPort } = new MessageChannel();
	const answered = new Int32Array(new SharedArrayBuffer(4));
	using _session = serveSession(
		connection,
		(answer) => {
			port.postMessage(answer);
			Atomics.store(answered, 0, 1);
			Atomics.notify(answered, 0);
		},
		(receive) => port.on('message', receive),
	);
	const input: PgDumpInput = {
		module,
		args: [...args, ...fixedArgs(connection)],
		port: workerPort,
		answered,
	};
	// pg_dump ends before optimized code would have paid for the seconds that optimizing takes.
	setFlagsFromString('--liftoff-only');
	const worker = new Worker(workerFile, { workerData: input, transferList: [workerPort] });
	try {
		const [output] = (await once(worker, 'message')) as [PgDumpOutput];
		if ('dump' in output) return output.dump;
		throw dumpFailed(connection, output.failure);
	} finally {
		port.close();
		await worker.terminate();
	}
}

const workerFile = join(import.meta.dirname, `worker${extname(import.meta.filename)}`);

/** The password stays in the memory of this process. */
function fixedArgs({ username, password, database }: Connection): string[] {
	const login = { host: '127.0.0.1', sslmode: 'disable', user: username, password, dbname: database };
	const quote = (value: string) => `'${value.replace(/['\\]/g, '\\$&')}'`;
	const words = Object.entries(login).map(([name, value]) => `${name}=${quote(value)}`);
	return ['--encoding=UTF8', '--no-password', '-d', words.join(' ')];
}

/**
 * Connects a client that can only send and then wait to the server. Each of its messages gets one answer, which is empty
 * while the client has more to send.
 */
function serveSession(
	{ host, port }: Connection,
	answer: (bytes: Uint8Array) => void,
	onMessage: (receive: (bytes: Uint8Array) => void) => void,
): Disposable {
	const socket = connect(port, host).setNoDelay();
	const sent = new ClientMessages();
	const received = new ServerMessages();
	let waits = false;
	const settle = (bytes = socket.closed ? received.soFar() : undefined) => {
		if (!waits || bytes === undefined) return;
		waits = false;
		answer(bytes);
	};
	onMessage((bytes) => {
		socket.write(bytes);
		waits = sent.take(bytes);
		if (!waits) answer(new Uint8Array());
		else settle(received.answer);
	});
	socket.on('data', (bytes) => {
		received.take(bytes);
		settle(received.answer);
	});
	socket.on('error', () => {}); // pg_dump reports that the connection is closed.
	socket.on('close', () => settle());
	return { [Symbol.dispose]: () => void socket.destroy() };
}

function dumpFailed({ database }: Connection, reason: string): SlipwayError {
	return new SlipwayError(
		'dump-failed',
		`pg_dump could not read the database "${database}": ${/(?<=: error: ).*/s.exec(reason)?.[0] ?? reason}`,
		'Fix what it reports, then try again. No data was changed.',
	);
}

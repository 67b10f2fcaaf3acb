import { once } from 'node:events';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import tls from 'node:tls';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startEmbedded } from '../../src/postgres/index.ts';
import { watchClientSockets } from '../../src/test-files/index.ts';

const { connect: connectPlain } = Socket.prototype;
const { connect: connectTls } = tls;

/** A server that accepts and says nothing. */
async function listen(): Promise<number> {
	const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
	onTestFinished(() => void server.close());
	await once(server, 'listening');
	return (server.address() as AddressInfo).port;
}

test('closes the sockets to a port, however they were opened, and no others', async () => {
	const [port, other] = [await listen(), await listen()];
	const sockets = watchClientSockets(port);
	const watched = [
		connect(port, '127.0.0.1'),
		connect({ port, host: '127.0.0.1' }),
		new Socket().connect(port, '127.0.0.1'),
		new Socket().connect({ port }),
	];
	const unwatched = new Socket().connect(other, '127.0.0.1');
	onTestFinished(() => void unwatched.destroy());
	sockets.close();
	expect(watched.map(({ destroyed }) => destroyed)).toEqual([true, true, true, true]);
	expect(unwatched.destroyed).toBe(false);
});

test('leaves node:net and node:tls as they were', async () => {
	watchClientSockets(await listen()).close();
	expect([Socket.prototype.connect, tls.connect]).toEqual([connectPlain, connectTls]);
});

test.each([false, true])('a pool of pg does not notice, encrypted: %s', async (ssl) => {
	await using server = await startEmbedded({ ssl });
	const { ssl: authority, ...login } = server.admin;
	const sockets = watchClientSockets(login.port);
	const pool = new pg.Pool({ ...login, ...(authority && { ssl: authority }) });
	const errors: Error[] = [];
	pool.on('error', (error) => errors.push(error));
	const { rows } = await pool.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
	expect(rows).toEqual([{ ssl }]);
	sockets.close();
	await server.stop();
	expect(errors).toEqual([]);
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Connection, toLogin } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import {
	type Answer,
	type BrokerAddress,
	deserializeError,
	type Logins,
	onMessage,
	send,
} from './messages.ts';

/** A server leased from a broker. Disposing of it releases it; so does the end of this process. */
export interface LeasedServer extends Logins, AsyncDisposable {
	/** Resolves with the cause when the server exits unexpectedly or the broker's process ends. */
	readonly ended: Promise<Error>;
	/**
	 * Keeps the server after its release. Resolves with a command that opens `connection`; rejects if it cannot
	 * be kept.
	 */
	keep(connection: Connection): Promise<string>;
}

/**
 * Leases a server started with `options`, which must be JSON. `returnUnused`: it goes back to the pool if nobody has
 * connected to it. Throws what starting it throws, and `broker-gone`.
 */
export async function acquireServer(
	{ port, token }: BrokerAddress,
	options: object,
	{ returnUnused }: { readonly returnUnused?: boolean } = {},
): Promise<LeasedServer> {
	const socket = connect(port, '127.0.0.1').setNoDelay();
	const answers = listenTo(socket);
	send(socket, { token, options, returnUnused });
	const { app, migrator, admin } = await answers.leased.finally(() => socket.unref());
	return {
		app: toLogin(app),
		migrator: toLogin(migrator),
		admin: toLogin(admin),
		ended: answers.ended,
		async keep(connection) {
			if (socket.destroyed) throw brokerGone();
			send(socket, { keep: connection });
			return await answers.nextKept();
		},
		async [Symbol.asyncDispose]() {
			if (socket.destroyed) return;
			const closed = once(socket, 'close');
			socket.ref().end();
			await closed;
		},
	};
}

function listenTo(socket: Socket) {
	const leased = Promise.withResolvers<Logins<Connection>>();
	const ended = Promise.withResolvers<Error>();
	const keeping: PromiseWithResolvers<string>[] = [];
	onMessage<Answer>(socket, (answer) => {
		if ('leased' in answer) leased.resolve(answer.leased);
		else if ('kept' in answer) keeping.shift()?.resolve(answer.kept);
		else if ('notKept' in answer) keeping.shift()?.reject(deserializeError(answer.notKept));
		else if ('ended' in answer) ended.resolve(deserializeError(answer.ended));
		else {
			leased.reject(deserializeError(answer.notStarted));
			socket.destroy();
		}
	});
	socket.on('error', () => {}); // 'close' follows.
	socket.once('close', () => {
		leased.reject(brokerGone());
		ended.resolve(brokerGone());
		for (const { reject } of keeping.splice(0)) reject(brokerGone());
	});
	const nextKept = () => {
		const next = Promise.withResolvers<string>();
		keeping.push(next);
		return next.promise;
	};
	return { leased: leased.promise, ended: ended.promise, nextKept };
}

function brokerGone(): SlipwayError {
	return new SlipwayError(
		'broker-gone',
		'the process that starts the test servers has exited',
		'Look above for the reason, then run the tests again.',
	);
}

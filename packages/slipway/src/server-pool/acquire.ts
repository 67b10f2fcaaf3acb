import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ArrayType, type Connection, toLogin } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import {
	type Answer,
	type BrokerAddress,
	type CheckRequest,
	deserializeError,
	type KeepRequest,
	type Logins,
	onMessage,
	send,
} from './messages.ts';

/** A server leased from a broker. Disposing of it releases it; so does the end of this process. */
export interface LeasedServer extends Logins, AsyncDisposable {
	/** The array types of its database besides the built-in ones, if the broker knows them. */
	readonly arrays: readonly ArrayType[] | undefined;
	/** Resolves with the cause when the server exits unexpectedly or the broker's process ends. */
	readonly ended: Promise<Error>;
	/**
	 * Keeps the server after its release. Resolves with a command that opens `connection`; rejects if it cannot
	 * be kept.
	 */
	keep(connection: Connection): Promise<string>;
	/** Looks for what was left on it. Rejects if it does not answer any more. */
	check(request: object): Promise<object>;
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
	const { logins, arrays } = await answers.leased.finally(() => socket.unref());
	const { app, migrator, admin } = logins;
	const request = async <T>(message: KeepRequest | CheckRequest, next: () => Promise<T>) => {
		if (socket.destroyed) throw brokerGone();
		send(socket, message);
		return await next();
	};
	return {
		arrays,
		app: toLogin(app),
		migrator: toLogin(migrator),
		admin: toLogin(admin),
		ended: answers.ended,
		keep: (keep) => request({ keep }, answers.nextKept),
		check: (check) => request({ check }, answers.nextChecked),
		async [Symbol.asyncDispose]() {
			if (socket.destroyed) return;
			const closed = once(socket, 'close');
			socket.ref().end();
			await closed;
		},
	};
}

function listenTo(socket: Socket) {
	const leased = Promise.withResolvers<{
		logins: Logins<Connection>;
		arrays?: readonly ArrayType[] | undefined;
	}>();
	const ended = Promise.withResolvers<Error>();
	const keeping: PromiseWithResolvers<string>[] = [];
	const checking: PromiseWithResolvers<object>[] = [];
	onMessage<Answer>(socket, (answer) => {
		if ('leased' in answer) leased.resolve({ logins: answer.leased, arrays: answer.arrays });
		else if ('kept' in answer) keeping.shift()?.resolve(answer.kept);
		else if ('notKept' in answer) keeping.shift()?.reject(deserializeError(answer.notKept));
		else if ('checked' in answer) checking.shift()?.resolve(answer.checked);
		else if ('notChecked' in answer) checking.shift()?.reject(deserializeError(answer.notChecked));
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
		for (const { reject } of [...keeping.splice(0), ...checking.splice(0)]) reject(brokerGone());
	});
	return {
		leased: leased.promise,
		ended: ended.promise,
		nextKept: () => push(keeping),
		nextChecked: () => push(checking),
	};
}

function push<T>(waiting: PromiseWithResolvers<T>[]): Promise<T> {
	const next = Promise.withResolvers<T>();
	waiting.push(next);
	return next.promise;
}

function brokerGone(): SlipwayError {
	return new SlipwayError(
		'broker-gone',
		'the process that starts the test servers has exited',
		'Look above for the reason, then run the tests again.',
	);
}

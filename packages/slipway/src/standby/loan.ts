import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Connection, toLogin } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';
import { type Answer, type BrokerAddress, fromFault, type Logins, onMessage, send } from './messages.ts';

/** A server that a broker lends, until it is disposed of or this process ends. */
export interface BorrowedServer extends Logins, AsyncDisposable {
	/** Resolves with the cause when the server, or the broker, ends by itself. */
	readonly ended: Promise<Error>;
	/** Has the server outlive the loan; resolves with a command line that opens `connection`. Rejects where it cannot be kept. */
	keep(connection: Connection): Promise<string>;
}

/** Borrows a server that is started with `options`, which JSON can carry. Throws what starting it threw. */
export async function borrowServer({ port, token }: BrokerAddress, options: object): Promise<BorrowedServer> {
	const socket = connect(port, '127.0.0.1').setNoDelay();
	const answers = listenTo(socket);
	send(socket, { token, options });
	const { app, migrator, admin } = await answers.lent.finally(() => socket.unref());
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
	const lent = Promise.withResolvers<Logins<Connection>>();
	const ended = Promise.withResolvers<Error>();
	const keeping: PromiseWithResolvers<string>[] = [];
	onMessage<Answer>(socket, (answer) => {
		if ('lent' in answer) lent.resolve(answer.lent);
		else if ('kept' in answer) keeping.shift()?.resolve(answer.kept);
		else if ('notKept' in answer) keeping.shift()?.reject(fromFault(answer.notKept));
		else if ('ended' in answer) ended.resolve(fromFault(answer.ended));
		else {
			lent.reject(fromFault(answer.fault));
			socket.destroy();
		}
	});
	socket.on('error', () => {}); // 'close' follows.
	socket.once('close', () => {
		lent.reject(brokerGone());
		ended.resolve(brokerGone());
		for (const { reject } of keeping.splice(0)) reject(brokerGone());
	});
	const nextKept = () => {
		const next = Promise.withResolvers<string>();
		keeping.push(next);
		return next.promise;
	};
	return { lent: lent.promise, ended: ended.promise, nextKept };
}

function brokerGone(): SlipwayError {
	return new SlipwayError(
		'broker-gone',
		"the process that starts the tests' servers has ended",
		'Run the tests again; see above for why it ended.',
	);
}

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Connection } from '../connection/index.ts';
import { throwAll } from '../errors.ts';
import { standbyCapacity } from './capacity.ts';
import {
	type Answer,
	type BrokerAddress,
	type KeepRequest,
	type LoanRequest,
	type Logins,
	onMessage,
	send,
	toFault,
} from './messages.ts';
import type { Standby } from './pool.ts';
import { StandbyShelf } from './shelf.ts';

export interface StandbyServer extends Logins, Standby {}

export interface BrokerOptions {
	readonly start: (options: object) => Promise<StandbyServer>;
	/** The files and folders that shape a server: when one has changed, what stands ready is of no use any more. */
	readonly inputs: (options: object) => readonly string[];
	/** Told of a database that is kept; returns the command line that opens it. */
	readonly onKept: (connection: Connection) => string;
}

export interface Broker extends AsyncDisposable {
	readonly address: BrokerAddress;
	/** Ends the servers that were kept. */
	endKept(): Promise<void>;
}

/**
 * Lends servers to other processes of this machine, started ahead of need. A loan lasts as long as its connection:
 * however a borrower ends, its server ends.
 *
 * The channel is a port of 127.0.0.1 like the servers' own, so that nothing lies about in the file system; whoever does
 * not know the token is hung up on.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
	const shelf = new StandbyShelf({ ...options, capacity: standbyCapacity });
	const loans = new Loans();
	const token = randomBytes(32).toString('base64url');
	const listener = createServer((socket) => serve(socket, { token, shelf, loans, options }));
	listener.listen(0, '127.0.0.1');
	await once(listener, 'listening');
	listener.unref();
	const { port } = listener.address() as AddressInfo;
	return {
		address: { port, token },
		endKept: () => loans.endKept(),
		async [Symbol.asyncDispose]() {
			listener.close();
			await Promise.all([shelf[Symbol.asyncDispose](), loans[Symbol.asyncDispose]()]);
		},
	};
}

interface Desk {
	readonly token: string;
	readonly shelf: StandbyShelf<StandbyServer>;
	readonly loans: Loans;
	readonly options: BrokerOptions;
}

function serve(socket: Socket, { token, shelf, loans, options }: Desk): void {
	let loan: Loan | undefined;
	socket.unref();
	socket.on('error', () => {}); // A borrower that was killed; 'close' follows.
	onMessage<LoanRequest | KeepRequest>(socket, (message) => {
		if ('keep' in message && loan !== undefined) {
			send(socket, keep(loan, message.keep, options));
		} else if ('token' in message && loan === undefined && isSame(message.token, token)) {
			loan = loans.open(() => shelf.take(message.options));
			socket.once('close', () => loan?.close());
			loan.server.then(
				({ app, migrator, admin, ended }) => {
					send(socket, { lent: { app, migrator, admin } });
					void ended.then((error) => send(socket, { ended: toFault(error) }));
				},
				(error: unknown) => send(socket, { fault: toFault(error) }),
			);
		} else {
			socket.destroy();
		}
	});
}

function keep(loan: Loan, connection: Connection, { onKept }: BrokerOptions): Answer {
	try {
		const kept = onKept(connection);
		loan.keep();
		return { kept };
	} catch (error) {
		return { notKept: toFault(error) };
	}
}

function isSame(one: string, other: string): boolean {
	const [a, b] = [Buffer.from(String(one)), Buffer.from(other)];
	return a.length === b.length && timingSafeEqual(a, b);
}

class Loans implements AsyncDisposable {
	readonly #open = new Set<Loan>();
	readonly #kept = new Set<StandbyServer>();
	readonly #ending = new Set<Promise<void>>();
	readonly #faults: unknown[] = [];

	open(take: () => Promise<StandbyServer>): Loan {
		const loan: Loan = new Loan(take(), (server, kept) => {
			this.#open.delete(loan);
			if (kept) this.#kept.add(server);
			else this.#end(server);
		});
		this.#open.add(loan);
		return loan;
	}

	async endKept(): Promise<void> {
		for (const server of this.#kept) this.#end(server);
		this.#kept.clear();
		await Promise.all(this.#ending);
	}

	/** Throws what servers failed with when they were to end, whenever that was: nobody waited for it then. */
	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all([...this.#open].map((loan) => loan.close()));
		await this.endKept();
		throwAll(this.#faults, 'servers of tests did not end well');
	}

	#end(server: StandbyServer): void {
		const ending = this.#dispose(server).finally(() => this.#ending.delete(ending));
		this.#ending.add(ending);
	}

	async #dispose(server: StandbyServer): Promise<void> {
		try {
			await server[Symbol.asyncDispose]();
		} catch (error) {
			this.#faults.push(error);
		}
	}
}

/** A server in the hands of a borrower. */
class Loan {
	readonly server: Promise<StandbyServer>;
	readonly #giveBack: (server: StandbyServer, kept: boolean) => void;
	#kept = false;
	#closed: Promise<void> | undefined;

	constructor(server: Promise<StandbyServer>, giveBack: (server: StandbyServer, kept: boolean) => void) {
		this.server = server;
		this.#giveBack = giveBack;
	}

	keep(): void {
		this.#kept = true;
	}

	close(): Promise<void> {
		this.#closed ??= this.server.then(
			(server) => this.#giveBack(server, this.#kept),
			() => {},
		);
		return this.#closed;
	}
}

import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Connection, Login } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';

/** Where a broker listens, and what shows it that a borrower may. */
export interface BrokerAddress {
	readonly port: number;
	readonly token: string;
}

/** How to log in to a lent server. */
export interface Logins<As extends Connection = Login> {
	readonly app: As;
	readonly migrator: As;
	readonly admin: As;
}

/** The first line of a connection, which lasts as long as the loan. */
export interface LoanRequest {
	readonly token: string;
	/** What the server is started with. */
	readonly options: object;
}

/** Keep the server when it is given back, for a look at this database. */
export interface KeepRequest {
	readonly keep: Connection;
}

export type Answer =
	| { readonly lent: Logins<Connection> }
	| { readonly fault: Fault }
	| { readonly ended: Fault }
	| { readonly kept: string }
	| { readonly notKept: Fault };

/** An error on its way to another process. */
export interface Fault {
	readonly message: string;
	readonly stack?: string | undefined;
	readonly code?: string | undefined;
	readonly hint?: string | undefined;
	readonly causes?: readonly Fault[] | undefined;
}

export function send(socket: Socket, message: LoanRequest | KeepRequest | Answer): void {
	if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/** In bytes. The options of a loan may have a seed in them. */
const longestMessage = 64 * 1024 ** 2;

/** Calls `receive` with each message. A message is JSON on a line of its own; whoever sends anything else is hung up on. */
export function onMessage<T extends object>(socket: Socket, receive: (message: T) => void): void {
	let unfinished = 0;
	socket.on('data', (data: Buffer) => {
		const lineEnd = data.lastIndexOf('\n');
		unfinished = lineEnd < 0 ? unfinished + data.length : data.length - lineEnd - 1;
		if (unfinished > longestMessage) socket.destroy();
	});
	const lines = createInterface({ input: socket });
	lines.on('error', () => {}); // The socket's, which has listeners of its own.
	lines.on('line', (line) => {
		if (socket.destroyed) return;
		const message = parseObject(line);
		if (message === undefined) socket.destroy();
		else receive(message as T);
	});
}

function parseObject(line: string): object | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === 'object' && value !== null ? value : undefined;
	} catch {
		return undefined;
	}
}

export function toFault(error: unknown): Fault {
	if (!(error instanceof Error)) return { message: String(error) };
	const causes =
		error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
	const { message, stack } = error;
	const known = error instanceof SlipwayError ? { code: error.code, hint: error.hint } : {};
	return { message, stack, ...known, causes: causes.map(toFault) };
}

export function fromFault({ message, stack, code, hint, causes = [] }: Fault): Error {
	const [cause] = causes.map(fromFault);
	const error =
		code !== undefined && hint !== undefined
			? new SlipwayError(code, message, hint, { cause })
			: causes.length > 1
				? new AggregateError(causes.map(fromFault), message)
				: new Error(message, { cause });
	if (stack !== undefined) error.stack = stack;
	return error;
}

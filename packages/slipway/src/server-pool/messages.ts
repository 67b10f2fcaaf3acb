import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { ArrayType, Connection, Login } from '../connection/index.ts';
import { SlipwayError } from '../errors.ts';

/** Where a broker listens, and the token that it asks for. */
export interface BrokerAddress {
	readonly port: number;
	readonly token: string;
}

/** The logins of a leased server. */
export interface Logins<As extends Connection = Login> {
	readonly app: As;
	readonly migrator: As;
	readonly admin: As;
}

/** The first line on a connection. The lease lasts as long as the connection. */
export interface AcquireRequest {
	readonly token: string;
	/** The options to start the server with. */
	readonly options: object;
	/** The client may not need the server. If nobody has connected to it, it goes back to the pool. */
	readonly returnUnused?: boolean | undefined;
}

/** Keep the server after its release, so that this database can be inspected. */
export interface KeepRequest {
	readonly keep: Connection;
}

/** Look for what the client has left on the server. The server decides what the request says and what it answers. */
export interface CheckRequest {
	readonly check: object;
}

export type Answer =
	| { readonly leased: Logins<Connection>; readonly arrays?: readonly ArrayType[] | undefined }
	| { readonly notStarted: SerializedError }
	| { readonly ended: SerializedError }
	| { readonly kept: string }
	| { readonly notKept: SerializedError }
	| { readonly checked: object }
	| { readonly notChecked: SerializedError };

export interface SerializedError {
	readonly message: string;
	readonly stack?: string | undefined;
	readonly code?: string | undefined;
	readonly hint?: string | undefined;
	readonly causes?: readonly SerializedError[] | undefined;
}

/** What a client sends. */
export type Request = AcquireRequest | KeepRequest | CheckRequest;

export function send(socket: Socket, message: Request | Answer): void {
	if (socket.writable) socket.write(`${JSON.stringify(message)}\n`);
}

/** In bytes. Large, because the options of a server can include a seed. */
const longestMessage = 64 * 1024 ** 2;

/** Calls `receive` for each message: one line of JSON, an object. Destroys the socket on anything else. */
export function onMessage<T extends object>(socket: Socket, receive: (message: T) => void): void {
	let unfinished = 0;
	socket.on('data', (data: Buffer) => {
		const lineEnd = data.lastIndexOf('\n');
		unfinished = lineEnd < 0 ? unfinished + data.length : data.length - lineEnd - 1;
		if (unfinished > longestMessage) socket.destroy();
	});
	const lines = createInterface({ input: socket });
	lines.on('error', () => {}); // The socket has error listeners of its own.
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

export function serializeError(error: unknown): SerializedError {
	if (!(error instanceof Error)) return { message: String(error) };
	const causes =
		error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
	const { message, stack } = error;
	const known = error instanceof SlipwayError ? { code: error.code, hint: error.hint } : {};
	return { message, stack, ...known, causes: causes.map(serializeError) };
}

export function deserializeError({ message, stack, code, hint, causes = [] }: SerializedError): Error {
	const [cause] = causes.map(deserializeError);
	const error =
		code !== undefined && hint !== undefined
			? new SlipwayError(code, message, hint, { cause })
			: causes.length > 1
				? new AggregateError(causes.map(deserializeError), message)
				: new Error(message, { cause });
	if (stack !== undefined) error.stack = stack;
	return error;
}

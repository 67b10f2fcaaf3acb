import type { IncomingMessage, ServerResponse } from 'node:http';
import { cookieOf, type Refusal, refuseForeign, refuseWithout } from './access.ts';
import { send } from './respond.ts';

export type Route = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface Site {
	readonly token: string;
	/** Tokens that work once. */
	readonly tickets: Set<string>;
	/** By method and path, such as `GET /`. */
	readonly routes: Readonly<Record<string, Route>>;
}

/** Refuses a request or passes it to its route. */
export async function serve(request: IncomingMessage, response: ServerResponse, site: Site): Promise<void> {
	const foreign = refuseForeign(request);
	if (foreign !== undefined) return refuse(response, foreign);
	const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
	// Browsers send a cookie to all ports of a host.
	const cookie = `slipway-studio-${request.socket.localPort}`;
	const given = searchParams.get('token');
	const isTicket = given !== null && site.tickets.delete(given);
	const refusal = isTicket ? undefined : refuseWithout(site.token, given ?? cookieOf(request, cookie));
	if (refusal !== undefined) return refuse(response, refusal);
	if (given !== null) {
		// The address without the token: it stays in the history.
		response.setHeader('Set-Cookie', `${cookie}=${site.token}; HttpOnly; SameSite=Lax; Path=/`);
		response.setHeader('Location', '/');
		return send(response, 303, 'text/plain', '');
	}
	const route = site.routes[`${request.method} ${pathname}`];
	if (route === undefined) return send(response, 404, 'text/plain', 'Not found.');
	await route(request, response);
}

const refuse = (response: ServerResponse, { status, message }: Refusal) =>
	send(response, status, 'text/plain', message);

import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Connection } from '../connection/index.ts';
import { hasCode, SlipwayError } from '../errors.ts';
import { listen } from '../listening.ts';
import { answer, parseQuestion } from './answer.ts';
import { bundlePage, type Page } from './bundle-page.ts';
import { send } from './respond.ts';
import { type Route, serve } from './site.ts';
import { readOnlyStatements, type Statements, writingStatements } from './statements.ts';

export interface StudioOptions {
	readonly login: Connection;
	/** Whether statements may change anything. */
	readonly write: boolean;
	/** 0 for a free one. */
	readonly port: number;
	/** The command that starts studio so that it can write, for messages. */
	readonly commandToWrite: string;
}

/** A running table browser. */
export interface Studio extends AsyncDisposable {
	/** Its address, with the token. */
	readonly url: string;
	/** An address that works once, for where other users can see it, such as in a program's arguments. */
	createTicket(): string;
}

/** Serves a table browser on the loopback interface. Throws `no-studio`, and if the database or the port cannot be used. */
export async function startStudio(options: StudioOptions): Promise<Studio> {
	const statements = (options.write ? writingStatements : readOnlyStatements)(options.login);
	await statements.run({ sql: 'SELECT 1', parameters: [] });
	const routes = {
		...pageRoutes(await bundlePage()),
		'POST /query': queryRoute(statements, options.commandToWrite),
	};
	const [token, tickets] = [createToken(), new Set<string>()];
	const server = createServer((request, response) => {
		serve(request, response, { token, tickets, routes }).catch((error: unknown) =>
			response.destroy(error as Error),
		);
	});
	await listen(server, '127.0.0.1', options.port).catch(explainPort);
	const { port } = server.address() as AddressInfo;
	const urlWith = (secret: string) => `http://127.0.0.1:${port}/?token=${secret}`;
	return {
		url: urlWith(token),
		createTicket: () => {
			const ticket = createToken();
			tickets.add(ticket);
			return urlWith(ticket);
		},
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		},
	};
}

const createToken = () => randomBytes(32).toString('base64url');

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Slipway studio</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body style="margin: 0"><div id="studio" style="height: 100vh"></div><script type="module" src="/script.js"></script></body>
</html>
`;

function pageRoutes({ script, style }: Page): Record<string, Route> {
	const fixed =
		(type: string, body: string): Route =>
		(_request, response) =>
			send(response, 200, type, body);
	return {
		'GET /': fixed('text/html', html),
		'GET /script.js': fixed('text/javascript', script),
		'GET /style.css': fixed('text/css', style),
	};
}

function queryRoute(statements: Statements, commandToWrite: string): Route {
	return async (request, response) => {
		const question = parseQuestion(await text(request));
		if (question === undefined) return send(response, 400, 'text/plain', 'Not a question of Studio.');
		const result = await answer(question, statements, commandToWrite);
		send(response, 200, 'application/json', JSON.stringify(result));
	};
}

function explainPort(error: unknown): never {
	if (!(error instanceof SlipwayError) || !hasCode(error, 'port-in-use', 'port-denied')) throw error;
	const hint = 'Choose another port with --port, or leave it out for a free one.';
	throw new SlipwayError(error.code, error.message, hint, { cause: error });
}

import type { Hono } from 'hono';

export interface Answer {
	readonly status: number;
	// biome-ignore lint/suspicious/noExplicitAny: each test knows what it asked for.
	readonly body: any;
}

/** A user of the service, with the credentials of `login`, if any. */
export interface Client {
	get(path: string): Promise<Answer>;
	post(path: string, body?: object): Promise<Answer>;
}

export function clientOf(app: Hono, login?: { username: string; password: string }): Client {
	const authorization: Record<string, string> = login
		? { Authorization: `Basic ${btoa(`${login.username}:${login.password}`)}` }
		: {};
	const request = async (path: string, init: RequestInit): Promise<Answer> => {
		const response = await app.request(path, init);
		return { status: response.status, body: await response.json() };
	};
	return {
		get: (path) => request(path, {}),
		post: (path, body = {}) =>
			request(path, {
				method: 'POST',
				headers: { 'Content-Type': 'application/json', ...authorization },
				body: JSON.stringify(body),
			}),
	};
}

export async function register(app: Hono, username: string): Promise<Client> {
	const login = { username, password: 'correct horse' };
	const { status } = await clientOf(app).post('/users', login);
	if (status !== 201) throw new Error(`could not register ${username}: ${status}`);
	return clientOf(app, login);
}

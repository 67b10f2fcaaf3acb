import type { createApp } from '../src/app.tsx';

export interface Page {
	readonly status: number;
	readonly text: string;
	/** The target of a redirect. */
	readonly location: string | null;
}

/** Acts as a browser: keeps the cookie, and sends the token of the last page. */
export class Visitor {
	cookie = '';
	token = '';
	readonly #app: ReturnType<typeof createApp>;

	constructor(app: ReturnType<typeof createApp>) {
		this.#app = app;
	}

	async open(path: string): Promise<Page> {
		return await this.#request(path, {});
	}

	/** Sends a form of this site. `headers` can replace its `Origin`. */
	async send(
		path: string,
		fields: Record<string, string>,
		headers: Record<string, string> = {},
	): Promise<Page> {
		if (this.token === '') await this.open('/ponies/new');
		return await this.#request(path, {
			method: 'POST',
			body: new URLSearchParams({ token: this.token, ...fields }),
			headers: { Origin: 'http://localhost', ...headers },
		});
	}

	async #request(path: string, init: RequestInit): Promise<Page> {
		const headers = new Headers(init.headers);
		headers.set('Cookie', this.cookie);
		const response = await this.#app.request(path, { ...init, headers });
		const [cookie] = response.headers.getSetCookie();
		if (cookie !== undefined) this.cookie = cookie.split(';')[0] ?? '';
		const text = await response.text();
		this.token = text.match(/name="token" value="([^"]+)"/)?.[1] ?? this.token;
		return { status: response.status, text, location: response.headers.get('Location') };
	}
}

import type { Hono } from 'hono';

/** Passes requests on, and knows how many are being answered. */
export class Answers {
	/** Makes each answer from now on the last one of its connection. */
	last = false;
	#inProgress = 0;
	#finished: (() => void) | undefined;
	readonly #app: Pick<Hono, 'fetch'>;

	constructor(app: Pick<Hono, 'fetch'>) {
		this.#app = app;
	}

	get inProgress(): number {
		return this.#inProgress;
	}

	/** Resolves when nothing is in progress, not even for clients that have gone. */
	finished(): Promise<void> {
		return new Promise((resolve) => {
			if (this.#inProgress === 0) resolve();
			else this.#finished = resolve;
		});
	}

	readonly fetch = async (request: Request, environment: object): Promise<Response> => {
		this.#inProgress += 1;
		try {
			const response = await this.#app.fetch(request, environment);
			if (this.last) response.headers.set('Connection', 'close');
			return response;
		} finally {
			this.#inProgress -= 1;
			if (this.#inProgress === 0) this.#finished?.();
		}
	};
}

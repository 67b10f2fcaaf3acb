import type { Hono } from 'hono';

/** Passes requests to the app and counts those that are in flight. */
export class InFlightRequests {
	/** Whether each response is the last one on its connection. */
	closeConnections = false;
	#count = 0;
	#drained: (() => void) | undefined;
	readonly #app: Pick<Hono, 'fetch'>;

	constructor(app: Pick<Hono, 'fetch'>) {
		this.#app = app;
	}

	get count(): number {
		return this.#count;
	}

	/** Resolves when no request is in flight, including those whose clients have disconnected. */
	drained(): Promise<void> {
		return new Promise((resolve) => {
			if (this.#count === 0) resolve();
			else this.#drained = resolve;
		});
	}

	readonly fetch = async (request: Request, environment: object): Promise<Response> => {
		this.#count += 1;
		try {
			const response = await this.#app.fetch(request, environment);
			if (this.closeConnections) response.headers.set('Connection', 'close');
			return response;
		} finally {
			this.#count -= 1;
			if (this.#count === 0) this.#drained?.();
		}
	};
}

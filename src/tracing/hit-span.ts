import { type Context, context, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';

/** OpenTelemetry's default limit of links. */
const maxLinks = 128;

/** Makes a span of a statement that hits share: below the first request that waits for it, and linked to the others. */
export class HitSpan {
	readonly #tracer: Tracer;
	readonly #waiting: Context[] = [];

	constructor(tracer: Tracer) {
		this.#tracer = tracer;
	}

	/** To be called when the current request starts to wait for the statement. */
	join(): void {
		if (this.#waiting.length <= maxLinks) this.#waiting.push(context.active());
	}

	async run<T>(hits: number, call: () => Promise<T>): Promise<T> {
		const [parent = context.active(), ...others] = this.#waiting;
		const links = others
			.flatMap((other) => trace.getSpanContext(other) ?? [])
			.map((context) => ({ context }));
		const attributes = { 'db.system.name': 'postgresql', 'counter.hits': hits };
		const options = { kind: SpanKind.CLIENT, attributes, links };
		return await this.#tracer.startActiveSpan('count hits', options, parent, async (span) => {
			try {
				return await call();
			} catch (error) {
				span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
				throw error;
			} finally {
				span.end();
			}
		});
	}
}

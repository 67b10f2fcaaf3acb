import { setTimeout as sleep } from 'node:timers/promises';
import { DiagLogLevel, diag, trace } from '@opentelemetry/api';
import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import { SlipwayError } from 'slipway';
import { HitSpan } from './hit-span.ts';
import { traceRequests } from './request-spans.ts';

/** OpenTelemetry's spans. Disposing of it sends those that are left. */
export interface Tracing extends AsyncDisposable {
	readonly traceRequests: MiddlewareHandler;
	/** Follows a statement that hits share. */
	readonly observeHits: () => HitSpan;
}

/** Milliseconds that a stop waits for the receiver of the spans. */
const flushWithin = 2000;

/** The SDK reads its settings, `OTEL_…`, from the environment. It is loaded here only. */
export async function startTracing(version: string, logger: Logger): Promise<Tracing> {
	const [{ NodeSDK }, { resourceFromAttributes }] = await Promise.all([
		import('@opentelemetry/sdk-node'),
		import('@opentelemetry/resources'),
	]).catch(notInstalled);
	logProblems(logger);
	const resource = resourceFromAttributes({ 'service.name': 'counter', 'service.version': version });
	const sdk = new NodeSDK({ resource, instrumentations: [] });
	sdk.start();
	const tracer = trace.getTracer('counter', version);
	return {
		traceRequests: traceRequests(tracer),
		observeHits: () => new HitSpan(tracer),
		[Symbol.asyncDispose]: async () => {
			// A receiver that is away was logged.
			const flushed = sdk.shutdown().catch(() => {});
			await Promise.race([flushed, sleep(flushWithin, undefined, { ref: false })]);
		},
	};
}

function logProblems(logger: Logger): void {
	const warn = (message: string) => logger.warn({ code: 'spans-not-sent' }, `OpenTelemetry: ${message}`);
	const ignore = () => {};
	const log = { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
	diag.setLogger(log, { logLevel: DiagLogLevel.WARN });
}

function notInstalled(cause: unknown): never {
	throw new SlipwayError(
		'no-open-telemetry',
		'the environment configures OpenTelemetry, but @opentelemetry/sdk-node cannot be loaded',
		'Install it: npm install @opentelemetry/sdk-node @opentelemetry/resources. To run without it, set OTEL_SDK_DISABLED=true.',
		{ cause },
	);
}

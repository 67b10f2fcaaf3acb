import { type DestinationStream, type Logger, pino } from 'pino';
import type { LogLevel } from 'slipway';
import { RepeatLimit } from './repeat-limit.ts';

/** Milliseconds in which warnings or errors with the same cause get one line and a count. */
const repeatInterval = 10_000;

/**
 * Logs to `destination`, one JSON object per line. Default: stdout. Disposing of the logger writes the pending counts of
 * repeated lines.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger & Disposable {
	const repeats = new RepeatLimit(repeatInterval);
	const options = {
		level,
		base: null,
		timestamp: pino.stdTimeFunctions.isoTime,
		hooks: { logMethod: repeats.logMethod },
	};
	const logger = destination === undefined ? pino(options) : pino(options, destination);
	return Object.assign(logger, { [Symbol.dispose]: () => repeats[Symbol.dispose]() });
}

import type { LoggerOptions } from 'pino';

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>;
type LogArguments = Parameters<LogMethod>[0];

interface Cause {
	/** Lines that were counted and not written. */
	repeated: number;
	/** Writes the last of them. */
	write: () => void;
	timer: NodeJS.Timeout;
}

/** How many causes are told apart at a time: the text of an error may contain what a client sent. */
const maxCauses = 100;

const warn = 40;

/**
 * Limits what one cause costs in the log. The first warning or error is written at once. Those of the same cause that
 * follow within `interval` milliseconds are counted, and the last of them is written at its end with their number as
 * `repeated`; and so on until an interval passes without one.
 */
export class RepeatLimit implements Disposable {
	readonly #interval: number;
	readonly #causes = new Map<string, Cause>();

	constructor(interval: number) {
		this.#interval = interval;
	}

	/** A hook for pino. */
	get logMethod(): LogMethod {
		const limit = this;
		return function (args, method, level) {
			const write = (...repeated: [] | [number]) => method.apply(this, withRepeats(args, ...repeated));
			if (level < warn) write();
			else limit.#count(causeOf(level, args), write);
		};
	}

	/** Writes the counts of the intervals that are not over. */
	[Symbol.dispose](): void {
		for (const cause of this.#causes.values()) {
			clearTimeout(cause.timer);
			if (cause.repeated > 0) cause.write();
		}
		this.#causes.clear();
	}

	#count(name: string, write: (...repeated: [] | [number]) => void): void {
		const key = this.#causes.has(name) || this.#causes.size < maxCauses ? name : 'others';
		const cause = this.#causes.get(key);
		if (cause !== undefined) {
			cause.repeated += 1;
			cause.write = () => write(cause.repeated);
			return;
		}
		write();
		const timer = setTimeout(() => this.#endInterval(key), this.#interval).unref();
		this.#causes.set(key, { repeated: 0, write, timer });
	}

	#endInterval(key: string): void {
		const cause = this.#causes.get(key);
		if (cause === undefined || cause.repeated === 0) {
			this.#causes.delete(key);
			return;
		}
		cause.write();
		cause.repeated = 0;
		cause.timer = setTimeout(() => this.#endInterval(key), this.#interval).unref();
	}
}

/** The code of an error says what it is about; its message may have an address or a number in it. */
function causeOf(level: number, [first, message]: LogArguments): string {
	if (typeof first !== 'object' || first === null) return `${level} ${first}`;
	const { code, err } = first as { readonly code?: unknown; readonly err?: unknown };
	return `${level} ${code ?? (err instanceof Error ? err.message : '')} ${code === undefined ? message : ''}`;
}

function withRepeats(args: LogArguments, repeated?: number): LogArguments {
	if (repeated === undefined) return args;
	const [first, ...rest] = args;
	const isObject = typeof first === 'object' && first !== null;
	return (isObject ? [{ ...first, repeated }, ...rest] : [{ repeated }, first, ...rest]) as LogArguments;
}

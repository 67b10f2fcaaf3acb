import type { LoggerOptions } from 'pino';

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>;
type LogArguments = Parameters<LogMethod>[0];

interface Cause {
	/** Lines that were counted but not written. */
	repeated: number;
	/** Writes the last of them. */
	write: () => void;
	timer: NodeJS.Timeout;
}

/** How many causes are tracked at a time. There is no natural limit: error messages may contain client input. */
const maxCauses = 100;

const warn = 40;

/**
 * Limits how much one cause writes to the log. The first warning or error is written at once. Repetitions within the next
 * `interval` milliseconds are counted; at the end of the interval the last one is written, with the count as `repeated`.
 * This continues until an interval passes without a repetition.
 */
export class RepeatLimit implements Disposable {
	readonly #interval: number;
	readonly #causes = new Map<string, Cause>();

	constructor(interval: number) {
		this.#interval = interval;
	}

	/** The hook for pino. */
	get logMethod(): LogMethod {
		const limit = this;
		return function (args, method, level) {
			const write = (...repeated: [] | [number]) => method.apply(this, withRepeats(args, ...repeated));
			if (level < warn) write();
			else limit.#count(causeOf(level, args), write);
		};
	}

	/** Writes the counts of all current intervals. */
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

/** An error's code, if there is one, identifies the cause: its message may contain an address or a number. */
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

import { SlipwayError } from '../errors.ts';

/** What a check found. */
export interface Finding {
	/** `error`: something that was set up will not work. `warning`: it may not work, or not as expected. */
	readonly level: 'ok' | 'warning' | 'error';
	readonly message: string;
	/** How to fix it. */
	readonly fix?: string;
	/** Fixes it for `--fix`. Only for what is safe: no data, nothing of other users or of running programs. */
	readonly repair?: () => void | Promise<void>;
}

export const ok = (message: string): Finding => ({ level: 'ok', message });
export const warning = (message: string, fix: string): Finding => ({ level: 'warning', message, fix });
export const error = (message: string, fix: string): Finding => ({ level: 'error', message, fix });

/** The finding for a thrown `SlipwayError`. Throws any other error again. */
export function fromError(thrown: unknown, level: 'warning' | 'error' = 'error'): Finding {
	if (!(thrown instanceof SlipwayError)) throw thrown;
	return { level, message: thrown.message, fix: thrown.hint };
}

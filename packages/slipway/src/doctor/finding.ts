import { SlipwayError } from '../errors.ts';

/** What a check has found. */
export interface Finding {
	/** `error`: something that was set up will not work. `warning`: it may not, or not as expected. */
	readonly level: 'ok' | 'warning' | 'error';
	readonly message: string;
	/** What to do about it. */
	readonly mend?: string;
}

export const ok = (message: string): Finding => ({ level: 'ok', message });
export const warning = (message: string, mend: string): Finding => ({ level: 'warning', message, mend });
export const error = (message: string, mend: string): Finding => ({ level: 'error', message, mend });

/** The finding for what was thrown; throws on what is no fault of the machine's. */
export function fromFault(fault: unknown, level: 'warning' | 'error' = 'error'): Finding {
	if (!(fault instanceof SlipwayError)) throw fault;
	return { level, message: fault.message, mend: fault.hint };
}

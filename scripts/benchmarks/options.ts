import { InvalidArgumentError, Option } from 'commander';
import { defaultWays, type WayName, wayNames } from 'slipway/bench';

/** What a command of scripts/bench gets from it. */
export interface CommandContext {
	/** The project's folder. */
	readonly root: string;
	/** Prints progress. */
	readonly report: (line: string) => void;
	/** Prints the result. */
	readonly print: (text: string) => void;
}

export function parseCount(text: string): number {
	if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 to 9999.');
	return Number(text);
}

export function parseCountOrZero(text: string): number {
	return text === '0' ? 0 : parseCount(text);
}

export const waysOption = () =>
	new Option('--ways <names...>', 'the ways to compare')
		.choices(wayNames)
		.default(defaultWays, 'all but pglite, which takes minutes');

export interface WaysOption {
	readonly ways: readonly WayName[];
}

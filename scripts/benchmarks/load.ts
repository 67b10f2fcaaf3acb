import type { Command } from 'commander';
import { defineCommand } from 'slipway/cli';
import type { LoadBenchmark } from '../../bench/index.ts';
import { type CommandContext, parseCount } from './options.ts';

interface LoadCommand<Figures> {
	readonly name: string;
	readonly description: string;
	/** The number of rounds by default. */
	readonly rounds: number;
	readonly measure: (benchmark: LoadBenchmark) => Promise<Figures>;
	readonly format: (figures: Figures) => string;
}

interface LoadOptions {
	readonly rounds: number;
	readonly seconds: number;
	readonly json?: true;
}

/** A command that measures the counter service under load. */
export function loadCommand<Figures>(
	{ root, report, print }: CommandContext,
	{ name, description, rounds, measure, format }: LoadCommand<Figures>,
): Command {
	return defineCommand(name, description)
		.option('--rounds <number>', 'number of rounds', parseCount, rounds)
		.option('--seconds <number>', 'seconds of load per measurement', parseCount, 5)
		.option('--json', 'print every round as JSON')
		.action(async ({ rounds, seconds, json }: LoadOptions) => {
			const figures = await measure({ root, rounds, seconds, report });
			print(json ? JSON.stringify(figures, undefined, '\t') : format(figures));
		});
}

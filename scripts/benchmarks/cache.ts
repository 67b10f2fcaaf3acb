import type { Command } from 'commander';
import { formatCacheFigures, measureCache } from 'slipway/bench';
import { defineCommand } from 'slipway/cli';
import { type CommandContext, parseCount, parseCountOrZero } from './options.ts';

interface CacheOptions {
	readonly rounds: number;
	readonly seedMb: number;
	readonly json?: true;
}

export function cacheCommand({ root, report, print }: CommandContext): Command {
	return defineCommand(
		'cache',
		'Measures what a CI service gains from the snapshot cache: its size, unpacking it in a new clone, and the first run ' +
			'of the tests with it and without.',
	)
		.option('--rounds <number>', 'number of rounds', parseCount, 3)
		.option('--seed-mb <number>', 'megabytes of seeded rows', parseCountOrZero, 50)
		.option('--json', 'print JSON')
		.action(async ({ rounds, seedMb, json }: CacheOptions) => {
			const figures = await measureCache({ root, rounds, seedMb, report });
			print(json ? JSON.stringify(figures, undefined, '\t') : formatCacheFigures(figures));
		});
}

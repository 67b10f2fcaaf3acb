import { join } from 'node:path';
import type { Command } from 'commander';
import { defineCommand } from 'slipway/cli';
import { formatLiveFigures, measureLive } from '../../bench/index.ts';
import { type CommandContext, parseCount } from './options.ts';

interface LiveOptions {
	readonly rounds: number;
	readonly seconds: number;
	readonly json?: true;
}

export function liveCommand({ root, report, print }: CommandContext): Command {
	return defineCommand(
		'live',
		'Measures the counter page at 64 connections while 100 pages are open, beside the same server without a database; ' +
			'and in Chromium, its first paint and when a hit is seen in another tab. Needs wrk and Chromium.',
	)
		.option('--rounds <number>', 'number of rounds', parseCount, 5)
		.option('--seconds <number>', 'seconds of load per measurement', parseCount, 5)
		.option('--json', 'print every round as JSON')
		.action(async ({ rounds, seconds, json }: LiveOptions) => {
			const figures = await measureLive({ migrations: join(root, 'migrations'), rounds, seconds, report });
			print(json ? JSON.stringify(figures, undefined, '\t') : formatLiveFigures(figures));
		});
}

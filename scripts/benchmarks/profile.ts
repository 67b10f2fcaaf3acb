import type { Command } from 'commander';
import {
	formatProfile,
	measureProfile,
	type ProfileFigures,
	profileDocs,
	readFigures,
	writeDocs,
} from 'slipway/bench';
import { defineCommand } from 'slipway/cli';
import { type CommandContext, parseCount } from './options.ts';

interface ProfileOptions {
	readonly rounds: number;
	readonly files: number;
	readonly json?: true;
	readonly docs?: true;
	readonly figures?: string;
}

export function profileCommand({ root, report, print }: CommandContext): Command {
	return defineCommand(
		'profile',
		'Measures where the time of a test file goes, from the start of its worker to the end: imports, lease, logins, ' +
			'queries, release. Needs Linux.',
	)
		.option('--rounds <number>', 'number of rounds', parseCount, 3)
		.option('--files <number>', 'number of test files in each round', parseCount, 12)
		.option('--json', 'print JSON')
		.option('--docs', 'write docs/images/profile.json and the tables in docs/benchmarks.md')
		.option('--figures <file>', 'read the figures from this JSON file instead of measuring')
		.action(async ({ rounds, files, json, docs, figures: file }: ProfileOptions) => {
			const figures =
				file === undefined
					? await measureProfile({ root, rounds, files, report })
					: readFigures<ProfileFigures>(file);
			if (docs) writeDocs(root, profileDocs(root, figures));
			print(json ? JSON.stringify(figures, undefined, '\t') : formatProfile(figures));
		});
}

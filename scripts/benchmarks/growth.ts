import { type Command, Option } from 'commander';
import {
	type AxisName,
	axisNames,
	ensureBenchPackages,
	formatGrowthFigures,
	type GrowthFigures,
	growthDocs,
	measureGrowth,
	readFigures,
	writeDocs,
} from 'slipway/bench';
import { defineCommand } from 'slipway/cli';
import { type CommandContext, parseCount, type WaysOption, waysOption } from './options.ts';

interface GrowthOptions extends WaysOption {
	readonly rounds: number;
	readonly isolate: 'true' | 'false';
	readonly axes: readonly AxisName[];
	readonly json?: true;
	readonly docs?: true;
	readonly figures?: string;
}

export function growthCommand({ root, report, print }: CommandContext): Command {
	return defineCommand(
		'growth',
		'Measures the same runs of vitest as suite, with 10 to 400 test files, 20 to 300 tables and up to 400 MB of ' +
			'seeded rows. Takes half an hour; with pglite, longer. Needs Linux.',
	)
		.option('--rounds <number>', 'number of rounds', parseCount, 1)
		.addOption(new Option('--isolate <value>', "vitest's option").choices(['true', 'false']).default('false'))
		.addOption(new Option('--axes <names...>', 'what grows').choices(axisNames).default(axisNames, 'all'))
		.addOption(waysOption())
		.option('--json', 'print every round as JSON')
		.option('--docs', 'write docs/images/growth* and the table in docs/benchmarks.md')
		.option('--figures <file>', 'read the figures from this JSON file instead of measuring')
		.action(async (options: GrowthOptions) => {
			const { json, docs, figures: file } = options;
			const figures = file === undefined ? await measure(options) : readFigures<GrowthFigures>(file);
			if (docs) writeDocs(root, growthDocs(root, figures));
			print(json ? JSON.stringify(figures, undefined, '\t') : formatGrowthFigures(figures));
		});

	function measure({
		rounds,
		isolate,
		axes: growing,
		ways: compared,
	}: GrowthOptions): Promise<GrowthFigures> {
		ensureBenchPackages(`${root}/packages/slipway/bench`, report);
		return measureGrowth({ root, rounds, isolate: isolate === 'true', growing, compared, report });
	}
}

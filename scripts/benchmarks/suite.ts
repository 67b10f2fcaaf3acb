import { type Command, InvalidArgumentError, Option } from 'commander';
import {
	coreTables,
	ensureBenchPackages,
	formatSuiteFigures,
	measureSuite,
	readFigures,
	type SuiteFigures,
	suiteDocs,
	writeDocs,
} from 'slipway/bench';
import { defineCommand } from 'slipway/cli';
import { type CommandContext, parseCount, parseCountOrZero, type WaysOption, waysOption } from './options.ts';

interface SuiteOptions extends WaysOption {
	readonly rounds: number;
	readonly files: number;
	readonly tables: number;
	readonly seedMb: number;
	readonly isolate: keyof typeof isolateValues;
	readonly workers?: number;
	readonly json?: true;
	readonly docs?: true;
	readonly figures?: string;
}

const isolateValues = { true: [true], false: [false], both: [true, false] };

export function suiteCommand({ root, report, print }: CommandContext): Command {
	return defineCommand(
		'suite',
		'Measures whole runs of vitest on files of five tests: with a server per file, a database per test, a transaction ' +
			'per test, one database for all tests without isolation, and what other tools and habits offer. Needs Linux.',
	)
		.option('--rounds <number>', 'number of rounds', parseCount, 3)
		.option('--files <number>', 'number of test files', parseCount, 40)
		.option('--tables <number>', 'number of tables', parseTables, 20)
		.option('--seed-mb <number>', 'megabytes of seeded rows, which the tests only read', parseCountOrZero, 0)
		.addOption(
			new Option('--isolate <value>', "vitest's option").choices(Object.keys(isolateValues)).default('both'),
		)
		.option(
			'--workers <number>',
			'number of test files that run at a time (default: chosen by vitest)',
			parseCount,
		)
		.addOption(waysOption())
		.option('--json', 'print every round as JSON')
		.option('--docs', 'write docs/images/suite.json and the table in docs/benchmarks.md')
		.option('--figures <file>', 'read the figures from this JSON file instead of measuring')
		.action(async (options: SuiteOptions) => {
			const { json, docs, figures: file } = options;
			const figures = file === undefined ? await measure(options) : readFigures<SuiteFigures[]>(file);
			if (docs) writeDocs(root, suiteDocs(root, figures));
			print(json ? JSON.stringify(figures, undefined, '\t') : figures.map(formatSuiteFigures).join('\n\n'));
		});

	async function measure(options: SuiteOptions): Promise<SuiteFigures[]> {
		ensureBenchPackages(`${root}/packages/slipway/bench`, report);
		const { rounds, ways: compared, files, tables, seedMb, workers } = options;
		const figures: SuiteFigures[] = [];
		for (const isolate of isolateValues[options.isolate]) {
			report(`isolate: ${isolate}`);
			const conditions = { files, tables, seedMb, isolate, workers };
			figures.push(await measureSuite({ root, rounds, conditions, compared, report }));
		}
		return figures;
	}
}

function parseTables(text: string): number {
	const count = parseCount(text);
	if (count <= coreTables) throw new InvalidArgumentError(`Give a number over ${coreTables}.`);
	return count;
}

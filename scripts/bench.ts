import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import {
	countLeftovers,
	ensureBenchPackages,
	formatDiffFigures,
	formatLeftovers,
	formatMilliseconds,
	formatPostgresFigures,
	formatSuiteFigures,
	measureCli,
	measureDiff,
	measureMigrations,
	measurePostgres,
	measureSuite,
} from 'slipway/bench';
import { defineCommand, runCommand } from 'slipway/cli';
import {
	formatCounterFigures,
	formatHostileFigures,
	measureCounter,
	measureDev,
	measureHostile,
} from '../bench/index.ts';

const root = join(import.meta.dirname, '..');
const report = (line: string) => process.stderr.write(`${line}\n`);

const cli = defineCommand(
	'cli',
	'Measures the slipway command of the built package: --help, and run with a server from a snapshot.',
)
	.option('--rounds <number>', 'how often each is measured', parseCount, 21)
	.option('--json', 'every round, as JSON')
	.action(async ({ rounds, json }: { rounds: number; json?: true }) => {
		const figures = await measureCli({ root, rounds, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatMilliseconds(figures));
	});

const counter = defineCommand(
	'counter',
	'Measures the counter page at 64 connections: this service, the same server without a database, and Express 5 ' +
		'with pg, in turn. Needs wrk.',
)
	.option('--rounds <number>', 'how often each has its turn', parseCount, 5)
	.option('--seconds <number>', 'how long a turn is', parseCount, 5)
	.option('--json', 'every round, as JSON')
	.action(async ({ rounds, seconds, json }: { rounds: number; seconds: number; json?: true }) => {
		ensureBenchPackages(join(root, 'bench'), report);
		const figures = await measureCounter({ root, rounds, seconds, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatCounterFigures(figures));
	});

const dev = defineCommand(
	'dev',
	'Measures what a developer waits for: scripts/dev to its first answer, the embedded server, scripts/bootstrap-db.',
)
	.option('--rounds <number>', 'how often each is measured', parseCount, 5)
	.option('--json', 'every round, as JSON')
	.action(async ({ rounds, json }: { rounds: number; json?: true }) => {
		const figures = await measureDev({ root, rounds, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatMilliseconds(figures));
	});

const diff = defineCommand(
	'diff',
	'Lets libraries that compare schemas write the SQL for 25 changes, there and back, runs it, and has pg_dump judge. ' +
		'Needs Docker with the image postgres:18, for its pg_dump.',
)
	.option('--json', 'as JSON')
	.action(async ({ json }: { json?: true }) => {
		ensureBenchPackages(join(root, 'packages/slipway/bench'), report);
		const figures = await measureDiff(report);
		print(json ? JSON.stringify(figures, undefined, '\t') : formatDiffFigures(figures));
	});

const hostile = defineCommand(
	'hostile',
	'Measures what a well-behaved client of the counter page sees beside clients that pipeline requests and never read, ' +
		'that pipeline without end, and that hold connections; with the memory and the log of the service. Needs wrk. Linux.',
)
	.option('--rounds <number>', 'how often each has its turn', parseCount, 3)
	.option('--seconds <number>', 'how long a turn is', parseCount, 5)
	.option('--json', 'every round, as JSON')
	.action(async ({ rounds, seconds, json }: { rounds: number; seconds: number; json?: true }) => {
		const figures = await measureHostile({ root, rounds, seconds, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatHostileFigures(figures));
	});

const migrations = defineCommand(
	'migrations',
	'Measures scripts/migrate, as whole processes: 1,000 small migrations on a throw-away server, and diff on the ' +
		"counter's schema and on 200 tables.",
)
	.option('--rounds <number>', 'how often each is measured', parseCount, 5)
	.option('--json', 'every round, as JSON')
	.action(async ({ rounds, json }: { rounds: number; json?: true }) => {
		const figures = await measureMigrations({ root, rounds, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatMilliseconds(figures));
	});

const postgres = defineCommand(
	'postgres',
	'Measures how long one isolated PostgreSQL takes until its first query is answered: ours, as the role of ' +
		'production on the migrated schema, and what others give.',
)
	.option('--rounds <number>', 'how often each has its turn', parseCount, 7)
	.option('--json', 'every round, as JSON')
	.action(async ({ rounds, json }: { rounds: number; json?: true }) => {
		ensureBenchPackages(join(root, 'packages/slipway/bench'), report);
		const figures = await measurePostgres({ root, rounds, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatPostgresFigures(figures));
	});

interface SuiteOptions {
	readonly rounds: number;
	readonly modules: number;
	readonly workers?: number;
	readonly json?: true;
}

const suite = defineCommand(
	'suite',
	'Measures a whole run of vitest: modules of five tests with a server for each module, a database for each test, a ' +
		'transaction for each test, and all of them on one database without isolation. Linux.',
)
	.option('--rounds <number>', 'how often each has its turn', parseCount, 3)
	.option('--modules <number>', 'how many modules there are', parseCount, 100)
	.option('--workers <number>', 'how many modules run at a time (default: what vitest chooses)', parseCount)
	.option('--json', 'every round, as JSON')
	.action(async ({ rounds, modules, workers, json }: SuiteOptions) => {
		const figures = await measureSuite({ root, rounds, modules, workers, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatSuiteFigures(figures));
	});

interface LeftoversOptions {
	readonly rounds: number;
	readonly seed: number;
	readonly json?: true;
}

const leftovers = defineCommand(
	'leftovers',
	'Kills the runner, a worker, a PostgreSQL process or a supervisor of a run of vitest at a random moment, over and ' +
		'over, and fails when the next start leaves anything of it, or when anything of others was harmed. Linux.',
)
	.option('--rounds <number>', 'how often something is killed', parseCount, 200)
	.option(
		'--seed <number>',
		'repeats the moments and choices of a run that printed it',
		parseCount,
		randomInt(1, 9999),
	)
	.option('--json', 'every round, as JSON')
	.action(async ({ rounds, seed, json }: LeftoversOptions) => {
		const figures = await countLeftovers({ root, rounds, seed, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatLeftovers(figures));
		if (figures.finding !== undefined) process.exitCode = 1;
	});

const command = defineCommand('scripts/bench', 'Measures what the README says about speed.')
	.addCommand(cli)
	.addCommand(counter)
	.addCommand(dev)
	.addCommand(diff)
	.addCommand(hostile)
	.addCommand(migrations)
	.addCommand(postgres)
	.addCommand(suite)
	.addCommand(leftovers);

await runCommand(command, process.argv.slice(2));

function parseCount(text: string): number {
	if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 on.');
	return Number(text);
}

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}

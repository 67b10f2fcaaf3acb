import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { Option } from 'commander';
import {
	countLeftovers,
	ensureBenchPackages,
	formatDiffFigures,
	formatLeftovers,
	formatMilliseconds,
	formatPeersSuite,
	formatPostgresFigures,
	formatStacksFigures,
	measureCli,
	measureDiff,
	measureMigrations,
	measurePeersSuite,
	measurePostgres,
	measureStacks,
	type PostgresFigures,
	postgresDocs,
	readFigures,
	stacks as stackNames,
	writeDocs,
} from 'slipway/bench';
import { defineCommand, runCommand } from 'slipway/cli';
import {
	formatCounterFigures,
	formatHostileFigures,
	formatLiveFigures,
	formatReplicasFigures,
	measureCounter,
	measureDev,
	measureHostile,
	measureLive,
	measureReplicas,
} from '../bench/index.ts';
import { cacheCommand } from './benchmarks/cache.ts';
import { growthCommand } from './benchmarks/growth.ts';
import { loadCommand } from './benchmarks/load.ts';
import { parseCount } from './benchmarks/options.ts';
import { profileCommand } from './benchmarks/profile.ts';
import { suiteCommand } from './benchmarks/suite.ts';

const root = join(import.meta.dirname, '..');
const report = (line: string) => process.stderr.write(`${line}\n`);
const context = { root, report, print };

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

const counter = loadCommand(context, {
	name: 'counter',
	description:
		'Measures the counter page at 64 connections: this service, the same server without a database, and Express 5 ' +
		'with pg; and hits with an Idempotency-Key beside hits without. Needs wrk.',
	rounds: 5,
	measure: (benchmark) => {
		ensureBenchPackages(join(root, 'bench'), report);
		return measureCounter(benchmark);
	},
	format: formatCounterFigures,
});

const dev = defineCommand(
	'dev',
	'Measures what a developer waits for: scripts/dev until its first response, the embedded server, scripts/bootstrap-db.',
)
	.option('--rounds <number>', 'number of rounds', parseCount, 5)
	.option('--json', 'print every round as JSON')
	.action(async ({ rounds, json }: { rounds: number; json?: true }) => {
		const figures = await measureDev({ root, rounds, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatMilliseconds(figures));
	});

const diff = defineCommand(
	'diff',
	'Compares libraries that diff schemas: each writes the SQL for 25 changes and their reversal, which is run and then ' +
		'checked with pg_dump. Needs Docker with the image postgres:18, for its pg_dump.',
)
	.option('--json', 'print JSON')
	.action(async ({ json }: { json?: true }) => {
		ensureBenchPackages(join(root, 'packages/slipway/bench'), report);
		const figures = await measureDiff(report);
		print(json ? JSON.stringify(figures, undefined, '\t') : formatDiffFigures(figures));
	});

const hostile = loadCommand(context, {
	name: 'hostile',
	description:
		'Measures the counter page for a well-behaved client while others pipeline requests and never read, pipeline ' +
		'without end, or hold connections; also memory and log of the service. Needs wrk and Linux.',
	rounds: 3,
	measure: measureHostile,
	format: formatHostileFigures,
});

const live = loadCommand(context, {
	name: 'live',
	description:
		'Measures the counter page at 64 connections while 100 pages are open, beside the same server without a database; ' +
		'and in Chromium, its first paint and when a hit is seen in another tab. Needs wrk and Chromium.',
	rounds: 5,
	measure: measureLive,
	format: formatLiveFigures,
});

const migrations = defineCommand(
	'migrations',
	'Measures scripts/migrate as whole processes: 1,000 small migrations on a temporary server, and diff on the ' +
		"counter's schema and on 200 tables.",
)
	.option('--rounds <number>', 'number of rounds', parseCount, 5)
	.option('--json', 'print every round as JSON')
	.action(async ({ rounds, json }: { rounds: number; json?: true }) => {
		const figures = await measureMigrations({ root, rounds, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatMilliseconds(figures));
	});

const peersSuites = defineCommand(
	'peers-suites',
	"Runs another project's own tests on PostgreSQL's image and on this tool's servers, and shows what passed: kysely, " +
		'node-pg-migrate, node-postgres or postgres. Fetches nothing. Needs Docker with the image postgres:18.',
)
	.argument('<folder>', 'a checkout of the project, with its packages installed and built')
	.option('--json', 'print JSON')
	.action(async (folder: string, { json }: { json?: true }) => {
		const figures = await measurePeersSuite({ folder, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatPeersSuite(figures));
	});

const postgres = defineCommand(
	'postgres',
	'Measures the time until an isolated PostgreSQL server answers its first query: ours, migrated and queried as the ' +
		'app role, and those of other tools.',
)
	.option('--rounds <number>', 'number of rounds', parseCount, 7)
	.option('--json', 'print every round as JSON')
	.option('--docs', 'write docs/images/servers* and the table in docs/benchmarks.md')
	.option('--figures <file>', 'read the figures from this JSON file instead of measuring')
	.action(async ({ rounds, json, docs, figures: file }: PostgresBenchOptions) => {
		const figures = file === undefined ? await measureServers(rounds) : readFigures<PostgresFigures>(file);
		if (docs) writeDocs(root, postgresDocs(root, figures));
		print(json ? JSON.stringify(figures, undefined, '\t') : formatPostgresFigures(figures));
	});

interface PostgresBenchOptions {
	readonly rounds: number;
	readonly json?: true;
	readonly docs?: true;
	readonly figures?: string;
}

function measureServers(rounds: number): ReturnType<typeof measurePostgres> {
	ensureBenchPackages(join(root, 'packages/slipway/bench'), report);
	return measurePostgres({ root, rounds, report });
}

const replicas = loadCommand(context, {
	name: 'replicas',
	description:
		'Measures hits of one counter through 1, 3 and 10 processes of the service, without a database, without and with a ' +
		'synchronous standby, and with commits that take 5 ms longer, and how evenly the processes get their turn. Needs wrk.',
	rounds: 5,
	measure: measureReplicas,
	format: formatReplicasFigures,
});

interface StacksOptions {
	readonly rounds: number;
	readonly only: readonly string[];
	readonly json?: true;
}

const stacks = defineCommand(
	'stacks',
	'Measures the example projects with Slipway, with Testcontainers and with PGlite: installing it and the first run of ' +
		'the tests, and the second run. Needs Docker with the image postgres:18.',
)
	.option('--rounds <number>', 'number of rounds', parseCount, 3)
	.addOption(
		new Option('--only <names...>', 'only these projects')
			.choices(Object.keys(stackNames))
			.default([], 'all'),
	)
	.option('--json', 'print every round as JSON')
	.action(async ({ rounds, only, json }: StacksOptions) => {
		const figures = await measureStacks({ root, rounds, only, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatStacksFigures(figures));
	});

interface LeftoversOptions {
	readonly rounds: number;
	readonly seed: number;
	readonly json?: true;
}

const leftovers = defineCommand(
	'leftovers',
	'Repeatedly kills the runner, a worker, a PostgreSQL process or a supervisor of a vitest run at a random moment. Fails ' +
		'if the next start does not remove all leftovers, or harms other runs. Needs Linux.',
)
	.option('--rounds <number>', 'number of kills', parseCount, 200)
	.option(
		'--seed <number>',
		'repeat the choices of an earlier run, which printed its seed',
		parseCount,
		randomInt(1, 9999),
	)
	.option('--json', 'print every round as JSON')
	.action(async ({ rounds, seed, json }: LeftoversOptions) => {
		const figures = await countLeftovers({ root, rounds, seed, report });
		print(json ? JSON.stringify(figures, undefined, '\t') : formatLeftovers(figures));
		if (figures.finding !== undefined) process.exitCode = 1;
	});

const command = defineCommand('scripts/bench', 'Measures the figures in docs/benchmarks.md.')
	.addCommand(cacheCommand(context))
	.addCommand(cli)
	.addCommand(counter)
	.addCommand(dev)
	.addCommand(diff)
	.addCommand(growthCommand(context))
	.addCommand(hostile)
	.addCommand(live)
	.addCommand(migrations)
	.addCommand(peersSuites)
	.addCommand(postgres)
	.addCommand(profileCommand(context))
	.addCommand(replicas)
	.addCommand(stacks)
	.addCommand(suiteCommand(context))
	.addCommand(leftovers);

await runCommand(command, process.argv.slice(2));

function print(text: string): void {
	process.stdout.write(`${text}\n`);
}

import { type Milliseconds, withMedians } from '../milliseconds.ts';
import { timeCommand } from '../time-command.ts';
import { buildPackage } from '../vitest/build.ts';
import { makeProject } from '../vitest/project.ts';

export interface CliBenchmark {
	/** The folder of the repository. */
	readonly root: string;
	/** The folder of the built package. Default: builds it. */
	readonly built?: string;
	readonly rounds: number;
	readonly report: (line: string) => void;
}

const commands = {
	'node, which does nothing': ['--eval', ''],
	'slipway --help': ['node_modules/slipway/cli/main.js', '--help'],
	'slipway doctor': ['node_modules/slipway/cli/main.js', 'doctor'],
	'slipway run -- true, from a snapshot': ['node_modules/slipway/cli/main.js', 'run', '--', 'true'],
} as const;

/** Measures commands of the built package as whole processes, in a project with one migration. */
export async function measureCli({ root, built, rounds, report }: CliBenchmark): Promise<Milliseconds> {
	using dist = buildPackage(root, built);
	using project = makeProject(root, dist.path);
	project.write({
		'package.json': '{}',
		'migrations/1_visits.sql': '-- Up Migration\nCREATE TABLE visits (id int);\n',
	});
	const expectation = {
		environment: { TMPDIR: project.servers, PORT: '0' },
		expected: 0,
		folder: project.folder,
	};
	const time = (args: readonly string[]) => timeCommand(process.execPath, args, expectation);
	for (const args of Object.values(commands)) await time(args); // makes the snapshot
	const measured: Record<string, number>[] = [];
	for (let round = 1; round <= rounds; round++) {
		report(`round ${round} of ${rounds}`);
		const figures: Record<string, number> = {};
		for (const [name, args] of Object.entries(commands)) figures[name] = await time(args);
		measured.push(figures);
	}
	return withMedians(measured);
}

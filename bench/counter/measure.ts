import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Connection, SlipwayError, startPostgres, withClient } from 'slipway';
import { type CounterFigures, type Round, summarize } from './figures.ts';
import { startTarget, type Target, targetNames } from './targets.ts';
import { runWrk, wrkVersion } from './wrk.ts';

export interface CounterBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	/** How long each target is under load in each round. */
	readonly seconds: number;
	readonly report: (line: string) => void;
}

const connections = 64;
const warmUpSeconds = 2;

/**
 * Puts the same load on the counter's page of each target in turn, over several rounds, so that other work on the machine
 * affects all of them. The server's files are in the project's folder: a temporary folder may be in memory, where commits
 * cost nothing.
 */
export async function measureCounter({
	root,
	rounds,
	seconds,
	report,
}: CounterBenchmark): Promise<CounterFigures> {
	const generator = await wrkVersion();
	const directory = makeDirectory(join(root, '.slipway'));
	try {
		await using server = await startPostgres({ directory, migrations: join(root, 'migrations') });
		const postgres = await checkDurability(server.app);
		await using stack = new AsyncDisposableStack();
		const targets: Target[] = [];
		for (const name of targetNames) targets.push(stack.use(await startTarget(name, server.app)));
		report('warming up');
		await runRound(targets, warmUpSeconds);
		const measured: Round[] = [];
		for (let round = 1; round <= rounds; round++) {
			report(`round ${round} of ${rounds}`);
			measured.push(await runRound(targets, seconds));
		}
		return summarize(measured, { generator, connections, seconds, postgres });
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}

function makeDirectory(parent: string): string {
	mkdirSync(parent, { recursive: true });
	return mkdtempSync(join(parent, 'bench-'));
}

/** Names the server. Figures of a server that does not wait for the disk would mean nothing. */
async function checkDurability(app: Connection): Promise<string> {
	return await withClient(app, async (sql) => {
		const [settings] = await sql<{ version: string; fsync: string; commit: string }[]>`
			SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
				current_setting('synchronous_commit') AS commit`;
		if (settings?.fsync !== 'on' || settings.commit !== 'on')
			throw new SlipwayError('not-durable', 'the server does not wait for the disk', 'Set fsync=on.');
		return `PostgreSQL ${settings.version}, fsync on, synchronous_commit on`;
	});
}

async function runRound(targets: readonly Target[], seconds: number): Promise<Round> {
	const round: Partial<Record<Target['name'], Round[Target['name']]>> = {};
	for (const { name, address } of targets) round[name] = await runWrk(address, connections, seconds);
	return round as Round;
}

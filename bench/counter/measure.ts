import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from 'slipway';
import type { LoadBenchmark } from '../load.ts';
import { checkDurability } from './durability.ts';
import { type CounterFigures, type Round, summarize } from './figures.ts';
import { connections, type LoadName, loadNames, runLoad } from './loads.ts';
import { startTarget, type Target, type TargetName, targetNames } from './targets.ts';
import { type Load, wrkVersion } from './wrk.ts';

const warmUpSeconds = 2;

/**
 * Puts one load after the other on the targets, over several rounds, so that other work on the machine affects all of
 * them. The server's files are in the project's folder: a temporary folder may be in memory, where commits cost nothing.
 */
export async function measureCounter({
	root,
	rounds,
	seconds,
	report,
}: LoadBenchmark): Promise<CounterFigures> {
	const generator = await wrkVersion();
	const directory = makeDirectory(join(root, '.slipway'));
	try {
		await using server = await startPostgres({ directory, migrations: join(root, 'migrations') });
		const postgres = await checkDurability(server.app);
		await using stack = new AsyncDisposableStack();
		const targets = new Map<TargetName, Target>();
		for (const name of targetNames) targets.set(name, stack.use(await startTarget(name, server.app)));
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

async function runRound(targets: ReadonlyMap<TargetName, Target>, seconds: number): Promise<Round> {
	const round: Partial<Record<LoadName, Load>> = {};
	for (const name of loadNames) round[name] = await runLoad(name, targets, seconds);
	return round as Round;
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { machine } from '../machine.ts';
import type { Contender, Place } from './contender.ts';
import { type Entry, entries, reference } from './contenders.ts';
import { type PostgresFigures, type Round, summarize } from './figures.ts';
import { inOwnProcess } from './own-process.ts';

export interface PostgresBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	readonly report: (line: string) => void;
}

interface Entrant {
	readonly name: string;
	readonly contender: Contender;
}

/**
 * Runs all contenders in turn, for several rounds, so that other load on the machine affects all of them
 * alike. The first turn of each is not counted. A contender whose first turn fails is left out.
 */
export async function measurePostgres({ root, rounds, report }: PostgresBenchmark): Promise<PostgresFigures> {
	await using stack = new AsyncDisposableStack();
	const place = stack.use(placeIn(root));
	const missing: Record<string, string> = {};
	const entrants: Entrant[] = [];
	for (const entry of entries) {
		report(`warming up: ${entry.name}`);
		const contender = await warmUp(entry, place).catch((error: unknown) => {
			if (!entry.isExcused(error)) throw error;
			missing[entry.name] = (error as Error).message.split('\n', 1)[0] ?? '';
		});
		if (contender !== undefined) entrants.push({ name: entry.name, contender: stack.use(contender) });
	}
	const measured: Round[] = [];
	for (let round = 1; round <= rounds; round++) {
		report(`round ${round} of ${rounds}`);
		measured.push(await runRound(entrants));
	}
	return summarize(measured, { ...machine(), reference, missing });
}

function placeIn(root: string): Place & Disposable {
	mkdirSync(join(root, '.slipway'), { recursive: true });
	const folder = mkdtempSync(join(root, '.slipway/bench-'));
	return { root, folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

async function warmUp({ name }: Entry, place: Place): Promise<Contender> {
	await using stack = new AsyncDisposableStack();
	const contender = stack.use(inOwnProcess(name, place));
	await contender.turn();
	stack.move();
	return contender;
}

async function runRound(entrants: readonly Entrant[]): Promise<Round> {
	const round: Record<string, number> = {};
	for (const { name, contender } of entrants) round[name] = await contender.turn();
	return round;
}

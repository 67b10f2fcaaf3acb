import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'slipway';
import { startPostgres } from 'slipway';
import { runWrk, wrkVersion } from '../counter/wrk.ts';
import type { AttackName } from './attacks.ts';
import {
	type HostileFigures,
	type Round,
	type Situation,
	situations,
	summarize,
	type Turn,
} from './figures.ts';
import { startVictim } from './victim.ts';

export interface HostileBenchmark {
	/** The project's folder. */
	readonly root: string;
	readonly rounds: number;
	/** How long a turn is. */
	readonly seconds: number;
	readonly report: (line: string) => void;
}

const connections = 64;
const warmUpSeconds = 2;

/** Milliseconds in which the hostile clients arrive. */
const settling = 1000;

/**
 * Measures a well-behaved client of the counter's page alone and beside hostile clients, in turn and several times over.
 * Each turn has a service of its own, so that its memory and its log are those of the turn. Fails when a request of the
 * well-behaved client does.
 */
export async function measureHostile({
	root,
	rounds,
	seconds,
	report,
}: HostileBenchmark): Promise<HostileFigures> {
	const generator = await wrkVersion();
	await using server = await startPostgres({ migrations: join(root, 'migrations') });
	const measured: Round[] = [];
	for (let round = 1; round <= rounds; round++) {
		report(`round ${round} of ${rounds}`);
		const turns: Partial<Record<Situation, Turn>> = {};
		for (const situation of situations) turns[situation] = await runTurn(situation, server.app, seconds);
		measured.push(turns as Round);
	}
	return summarize(measured, { generator, connections, seconds });
}

async function runTurn(situation: Situation, app: Connection, seconds: number): Promise<Turn> {
	await using victim = await startVictim(app);
	await runWrk(victim.address, connections, warmUpSeconds);
	await using _ = situation === 'quiet' ? undefined : await startAttack(situation, victim.address);
	const { requestsPerSecond, p50, p99 } = await runWrk(victim.address, connections, seconds);
	return { requestsPerSecond, p50, p99, memory: victim.peakMemory(), logged: victim.logged() };
}

async function startAttack(name: AttackName, address: string): Promise<AsyncDisposable> {
	const child = fork(join(import.meta.dirname, 'attacker.ts'), [name, new URL(address).port]);
	const exited = once(child, 'exit');
	await once(child, 'message');
	await sleep(settling);
	return {
		[Symbol.asyncDispose]: async () => {
			if (child.kill('SIGKILL')) await exited;
		},
	};
}

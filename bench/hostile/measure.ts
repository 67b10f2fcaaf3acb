import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, startPostgres } from 'slipway';
import { connections } from '../counter/loads.ts';
import { runWrk, wrkVersion } from '../counter/wrk.ts';
import type { LoadBenchmark } from '../load.ts';
import type { AttackName } from './attacks.ts';
import {
	type HostileFigures,
	type Measurement,
	type Round,
	type Situation,
	situations,
	summarize,
} from './figures.ts';
import { startVictim } from './victim.ts';

const warmUpSeconds = 2;

/** Milliseconds in which the hostile clients connect. */
const settling = 1000;

/**
 * Measures a well-behaved client of the counter's page, alone and then beside hostile clients, over several rounds. Each
 * measurement starts a service, so that memory and log are those of the situation. Fails if a request of the
 * well-behaved client fails.
 */
export async function measureHostile({
	root,
	rounds,
	seconds,
	report,
}: LoadBenchmark): Promise<HostileFigures> {
	const generator = await wrkVersion();
	await using server = await startPostgres({ migrations: join(root, 'migrations') });
	const measured: Round[] = [];
	for (let number = 1; number <= rounds; number++) {
		report(`round ${number} of ${rounds}`);
		const round: Partial<Record<Situation, Measurement>> = {};
		for (const situation of situations) round[situation] = await measure(situation, server.app, seconds);
		measured.push(round as Round);
	}
	return summarize(measured, { generator, connections, seconds });
}

async function measure(situation: Situation, app: Connection, seconds: number): Promise<Measurement> {
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

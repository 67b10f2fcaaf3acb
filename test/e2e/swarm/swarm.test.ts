import { describeWithEngineHere } from 'slipway/test-helpers/engine-here';
import { eventually } from 'slipway/test-helpers/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { visit } from '../../helpers/visitors.ts';
import { type Hits, startHitters } from './hitters.ts';
import { thisMachine } from './machines.ts';
import { failuresOf, Swarm } from './swarm.ts';
import { threeMachines } from './three-machines.ts';

const minutes = 60_000;

/** Needs root, and dockerd in the PATH. */
const hasThreeMachines = process.env.SLIPWAY_SWARM_MACHINES === '3';
const failures = failuresOf(hasThreeMachines ? 3 : 1);
/** How often the primary fails. */
const failovers = Number(process.env.SLIPWAY_FAILOVERS ?? failures.length);

describeWithEngineHere('the stack on Docker Swarm', () => {
	let swarm: Swarm;
	beforeAll(async () => {
		swarm = await Swarm.prepare(await (hasThreeMachines ? threeMachines() : thisMachine()));
		await swarm.deploy('1');
		await swarm.settled('1');
		// HAProxy learns of the replicas a moment later.
		const isReady = () =>
			fetch(`${swarm.address}readyz`).then(
				({ ok }) => ok,
				() => false,
			);
		await eventually(isReady);
	});
	afterAll(() => swarm?.[Symbol.asyncDispose]());

	/** Checks that each hit has a number to itself, and that the table has as many as were acknowledged. */
	async function expectEveryNumberOnce(counter: string, { numbers }: Hits): Promise<void> {
		const all = Array.from({ length: numbers.length }, (_, index) => index + 1);
		expect(numbers.toSorted((a, b) => a - b)).toEqual(all);
		const value = await swarm.query('app', `SELECT value FROM counter WHERE name = '${counter}'`);
		expect(Number(value)).toBe(numbers.length);
	}

	test('migrates the database before the replicas of the service are ready', async () => {
		expect(await swarm.log('migrate')).toMatch(/applied .*create-counter/);
		expect(await (await fetch(`${swarm.address}readyz`)).json()).toEqual({ ready: true });
	});

	test('shows the service, without its metrics', async () => {
		expect(await (await fetch(swarm.address)).text()).toContain('<h1>Counter: ');
		for (const path of ['metrics', '%6Detrics', '/metrics'])
			expect((await fetch(`${swarm.address}${path}`)).status).toBe(404);
		const counter = await fetch(`${swarm.address}api/counters/metrics`, { method: 'POST' });
		expect(counter.status).toBe(200);
	});

	test(
		'loses and repeats no acknowledged number when the primary fails under load, and recovers',
		async () => {
			await using hitters = startHitters(swarm, 'failover', 16);
			let wanted = true;
			const { visits, done } = visit(swarm.address, 1, () => wanted);
			try {
				for (let round = 1; round <= failovers; round++) {
					const primary = await swarm.primary();
					const failure = failures[(round - 1) % failures.length] ?? 'PostgreSQL is killed';
					const start = performance.now();
					await swarm.fail(primary, failure);
					await swarm.commits();
					const committed = performance.now();
					await eventually(() => hitters.hits.lastSent > committed);
					report(`${round}: ${failure}`, { start, committed });
					await swarm.recover(primary);
				}
				await hitters.stop();
			} finally {
				wanted = false;
				await done;
			}
			await expectEveryNumberOnce('failover', hitters.hits);
			expect(visits.numbers.length).toBeGreaterThan(0);
			expect(new Set(visits.numbers).size).toBe(visits.numbers.length);
		},
		(10 + failovers) * minutes,
	);

	test('is updated under load without a failed request, after its migrations', async () => {
		await swarm.buildVersion('2', '1', migration('CREATE TABLE later ();'));
		await using hitters = startHitters(swarm, 'update', 8);
		await swarm.deploy('2');
		await swarm.settled('2');
		await hitters.stop();
		expect(hitters.hits.failures).toEqual([]);
		await expectEveryNumberOnce('update', hitters.hits);
		expect(await swarm.query('app', "SELECT to_regclass('later')")).toBe('later');
	});

	/** Deploys a version that cannot serve, under load, and waits until the one before is back. */
	async function expectRollback(version: string, counter: string): Promise<void> {
		await using hitters = startHitters(swarm, counter, 8);
		await swarm.deploy(version, { MIGRATE_WITHIN: '1s' });
		await eventually(async () => (await swarm.updateState('web')) !== 'rollback_completed', 120);
		await eventually(async () => (await swarm.updateState('web')) === 'rollback_completed', 240);
		await hitters.stop();
		await swarm.settled('2');
		expect(hitters.hits.failures).toEqual([]);
		await expectEveryNumberOnce(counter, hitters.hits);
	}

	test('goes back to the version before without a failed request if a migration fails', async () => {
		await swarm.buildVersion('3', '2', migration('SELECT 1 / 0;'));
		await expectRollback('3', 'no-migration');
		// The job may not have come that far yet.
		await eventually(async () => (await swarm.log('migrate')).includes('division by zero'), 120);
	});

	test('goes back to the version before without a failed request if the new one does not start', async () => {
		await swarm.buildVersion('4', '2', 'CMD ["node", "-e", "process.exit(1)"]');
		await expectRollback('4', 'no-start');
	});
});

/** The instructions of a Dockerfile that add a migration. */
function migration(statement: string): string {
	migrations += 1;
	const file = `/app/migrations/2099010100000000${migrations}_later.sql`;
	return `COPY --chmod=444 <<E ${file}\n-- Up Migration\n${statement}\n-- Down Migration\nE`;
}
let migrations = 0;

/** Only for the figures in docs/swarm.md: a test asserts no times. */
function report(round: string, { start, committed }: { start: number; committed: number }): void {
	if (!process.env.SLIPWAY_FAILOVERS) return;
	const seconds = (end: number) => `${((end - start) / 1000).toFixed(1)} s`;
	process.stderr.write(
		`${round}; the database after ${seconds(committed)}, the service after ${seconds(performance.now())}\n`,
	);
}

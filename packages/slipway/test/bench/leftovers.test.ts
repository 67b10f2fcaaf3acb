import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { countLeftovers, formatLeftovers } from '../../bench/index.ts';
import { filesLeft } from '../../bench/leftovers/files.ts';
import { makePlan, victims } from '../../bench/leftovers/plan.ts';
import { processesLeft } from '../../bench/leftovers/processes.ts';
import { randomNumbers } from '../../bench/leftovers/random.ts';
import { ProcessTree } from '../../bench/process-tree.ts';
import { builtPackage } from '../helpers/built-package.ts';
import { projectRoot, startProcess } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

test('killing the runner, a worker, a server or a supervisor leaves nothing behind', {
	timeout: 900_000,
}, async () => {
	const figures = await countLeftovers({
		root: projectRoot,
		built: await builtPackage(),
		rounds: 8,
		seed: 1,
		report: () => {},
	});
	expect(formatLeftovers(figures)).toContain('No leftovers');
	expect(new Set(figures.plans.map(({ victim }) => victim))).toEqual(new Set(victims));
});

describe('the plans', () => {
	const plansOf = (seed: number) => {
		const random = randomNumbers(seed);
		return Array.from({ length: 8 }, (_, round) =>
			makePlan(round, random, { embedded: 1000, container: 2000 }),
		);
	};

	test('follow from the seed', () => {
		expect(plansOf(5)).toEqual(plansOf(5));
		expect(plansOf(5)).not.toEqual(plansOf(6));
	});

	test('have each victim of each provider once in eight rounds, at a moment during its run', () => {
		const plans = plansOf(5);
		expect(new Set(plans.map(({ provider, victim }) => `${provider} ${victim}`)).size).toBe(8);
		for (const { provider, moment } of plans)
			expect(moment).toBeLessThan(provider === 'embedded' ? 1000 : 2000);
	});
});

describe('what is left', () => {
	const project = () => {
		const [folder, servers] = [temporaryDirectory(), temporaryDirectory()];
		return { folder, servers, write() {}, [Symbol.dispose]() {} };
	};

	test('is found among the files, without those of others', () => {
		const made = project();
		const snapshots = join(made.folder, 'node_modules/.cache/slipway/snapshots');
		mkdirSync(snapshots, { recursive: true });
		for (const name of ['key.tar', 'key.tar.1234.unfinished']) writeFileSync(join(snapshots, name), '');
		for (const name of ['slipway-server-1', 'another-program']) mkdirSync(join(made.servers, name));
		expect(filesLeft(made, ['another-program'])).toEqual([
			'file slipway-server-1',
			'file key.tar.1234.unfinished',
		]);
	});

	test('is found among the processes, without those of others', async () => {
		const made = project();
		const noProcesses = new ProcessTree(0);
		const start = (name: string) => {
			const { child, pid } = startProcess(process.execPath, [
				'-e',
				'setInterval(() => {}, 1000)',
				join(made.servers, name),
			]);
			onTestFinished(() => void child.kill());
			return pid;
		};
		const left = start('slipway-server-1');
		start('another-program');
		expect(processesLeft(noProcesses, made, ['another-program'])).toEqual([
			expect.stringContaining(`process ${left}:`),
		]);
	});
});

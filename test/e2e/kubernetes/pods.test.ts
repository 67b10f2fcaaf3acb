import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { describeWithEngineHere } from 'slipway/test-helpers/engine-here';
import { eventually } from 'slipway/test-helpers/eventually';
import { makeDirectory } from 'slipway/test-helpers/temporary-directory';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { visit } from '../../helpers/visitors.ts';
import { ask, removeOwned } from '../engine.ts';
import { buildServiceImage, ownerOptions } from '../service-image.ts';
import { type Instance, issueSecrets, startInstance } from './database.ts';
import {
	type DatabaseCluster,
	describeWithKubectl,
	find,
	type Probe,
	type Resource,
	renderProduction,
	type Workload,
} from './manifests.ts';
import { type Namespace, type RunningPod, runPod, startPod } from './pod.ts';
import { probe } from './probes.ts';

describeWithKubectl('the pods of the manifests', () => {
	describeWithEngineHere('run by the engine as the manifests say', () => {
		let folder: ReturnType<typeof makeDirectory>;
		let namespace: Namespace;
		let database: Instance;
		let pod: RunningPod;
		/** What happened while everything was applied at once. */
		const states: Record<string, unknown> = {};

		beforeAll(async () => {
			folder = makeDirectory();
			namespace = await createNamespace(folder.path);
			const { resources } = namespace;
			const exitCodeOf = async (job: string) => (await runPod(namespace, find(resources, 'Job', job))).status;
			pod = await startPod(namespace, find(resources, 'Deployment'));
			const probes = async () => [await statusOf(pod, 'livez'), await statusOf(pod, 'readyz')];
			const note = async (when: string, ...jobs: string[]) => {
				const exitCodes = [];
				for (const job of jobs) exitCodes.push(await exitCodeOf(job));
				states[when] = { jobs: exitCodes, probes: await probes() };
			};
			await note('without a database', 'bootstrap', 'migrate');
			database = await startInstance(namespace, find<DatabaseCluster>(resources, 'Cluster'));
			await note('with an empty database', 'migrate', 'bootstrap');
			await note('with its roles', 'migrate');
			await note('after an update', 'bootstrap', 'migrate');
		});
		afterAll(async () => {
			await removeOwned();
			folder?.[Symbol.dispose]();
		});

		test('jobs fail until what they need is there, and the service is ready when the migrations are applied', () => {
			expect(states).toEqual({
				'without a database': { jobs: [1, 1], probes: [200, 503] },
				'with an empty database': { jobs: [1, 0], probes: [200, 503] },
				'with its roles': { jobs: [0], probes: [200, 200] },
				'after an update': { jobs: [0, 0], probes: [200, 200] },
			});
		});

		test('no role is a superuser, and the service connects with TLS', async () => {
			const { database: name } = find<DatabaseCluster>(namespace.resources, 'Cluster').spec.bootstrap.initdb;
			const roles = `SELECT rolname, rolsuper FROM pg_roles WHERE rolname LIKE '${name}%' ORDER BY 1`;
			expect((await database.query(roles)).split('\n')).toEqual(
				['admin', 'migrator', 'owner', 'user'].map((role) => `${name}_${role}|f`),
			);
			const encrypted = `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
				WHERE usename = '${name}_user'`;
			expect(await database.query(encrypted)).toBe('t');
		});

		test('under load the probes never act; a pod that is terminated answers every request and loses no hit', async () => {
			const deployment = find<Workload>(namespace.resources, 'Deployment');
			const [{ livenessProbe, readinessProbe }] = deployment.spec.template.spec.containers;
			const next = await startPod(namespace, deployment);
			await eventually(async () => (await statusOf(next, 'readyz')) === 200);
			const value = async () =>
				Number(await database.query(`SELECT value FROM counter WHERE name = 'visits'`));
			const before = await value();

			let loading = true;
			const crowds = [pod, next].map(({ address }) => visit(address, 32, () => loading));
			const acted = await Promise.all([
				probe(pod.address, livenessProbe as Probe),
				probe(pod.address, readinessProbe as Probe),
			]);
			const { exitCode } = await pod.terminate();
			loading = false;
			await Promise.all(crowds.map(({ done }) => done));

			expect(acted).toEqual([false, false]);
			expect(exitCode).toBe(0);
			for (const { visits } of crowds) {
				expect(visits.numbers.length).toBeGreaterThan(0);
				expect(visits).toMatchObject({ refusals: [], unanswered: 0 });
			}
			const numbers = crowds.flatMap(({ visits }) => visits.numbers);
			expect(new Set(numbers).size).toBe(numbers.length);
			expect(await value()).toBe(before + numbers.length);
		});
	});
});

async function createNamespace(folder: string): Promise<Namespace> {
	chmodSync(folder, 0o755);
	const name = `slipway-test-kubernetes-${process.pid}`;
	await buildServiceImage(name);
	await ask('network', 'create', ...ownerOptions, name);
	const password = () => randomBytes(16).toString('hex');
	const applied: readonly Resource[] = await renderProduction({ app: password(), migrator: password() });
	const issued = await issueSecrets(find(applied, 'Cluster'));
	return { resources: [...applied, ...issued], network: name, image: name, folder };
}

/** 0 while nothing answers. */
async function statusOf({ address }: RunningPod, path: string): Promise<number> {
	return await fetch(new URL(path, address)).then(
		({ status }) => status,
		() => 0,
	);
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
	describeWithKubectl,
	find,
	manifests,
	type Resource,
	renderProduction,
	type Workload,
} from './manifests.ts';
import { schemaErrors } from './schemas.ts';

test('every file of the base is applied', () => {
	const base = join(manifests, 'base');
	const { resources } = parse(readFileSync(join(base, 'kustomization.yaml'), 'utf8'));
	const files = readdirSync(base).filter((name) => name !== 'kustomization.yaml');
	expect(resources.toSorted()).toEqual(files.toSorted());
});

describeWithKubectl('the manifests', () => {
	let resources: readonly Resource[];
	let workloads: readonly Workload[];
	beforeAll(async () => {
		resources = await renderProduction({ app: 'one', migrator: 'two' });
		workloads = resources.filter(({ kind }) => ['Deployment', 'Job'].includes(kind)) as Workload[];
	});

	test('conform to the published schemas of Kubernetes and CloudNativePG', async () => {
		expect(await schemaErrors(resources)).toBe('');
	});

	test('would not conform with an unknown field, a missing one or a wrong value', async () => {
		const deployment = find<Workload>(resources, 'Deployment');
		const cluster = find<Resource & { readonly spec: object }>(resources, 'Cluster');
		const changed = <T extends Resource & { readonly spec: object }>(
			resource: T,
			name: string,
			fields: object,
		) => ({
			...resource,
			metadata: { name },
			spec: { ...resource.spec, ...fields },
		});
		const errors = await schemaErrors([
			changed(deployment, 'unknown', { Selector: {} }),
			changed(deployment, 'missing', { selector: undefined }),
			changed(deployment, 'wrong', { minReadySeconds: '5s' }),
			changed(cluster, 'choice', { primaryUpdateMethod: 'reboot' }),
		]);
		const reasons = [
			/"Selector"' does not exist/,
			/'selector' is missing/,
			/'string' .* 'number'/,
			/"reboot"/,
		];
		const lines = errors.trimEnd().split('\n');
		expect(
			lines.map((line, index) => reasons[index]?.test(line)),
			errors,
		).toEqual([true, true, true, true]);
	});

	test('select pods, ports, secrets and a Deployment that exist', () => {
		const cluster = find(resources, 'Cluster').metadata.name;
		const pods = workloads.map(({ spec }) => spec.template.metadata.labels);
		const ports = workloads.flatMap(({ spec }) => spec.template.spec.containers[0].ports ?? []);
		const names = (kind: string) =>
			resources.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);
		const known = {
			labels: [...pods, { 'cnpg.io/cluster': cluster }].flatMap((labels) =>
				Object.entries(labels).map(String),
			),
			ports: ports.map(({ name }) => name),
			// Two are the operator's.
			secrets: [...names('Secret'), `${cluster}-app`, `${cluster}-ca`],
			targets: names('Deployment'),
		};
		const used = {
			labels: collect(resources, ['matchLabels', 'selector'])
				.flatMap((labels) => Object.entries(labels as object))
				.filter(([, value]) => typeof value === 'string')
				.map(String),
			ports: collect(resources, ['port', 'targetPort']).filter((port) => typeof port === 'string'),
			secrets: collect(resources, ['secret']).map((secret) => (secret as Resource['metadata']).name),
			targets: collect(resources, ['scaleTargetRef']).map((target) => (target as Resource['metadata']).name),
		};
		for (const [what, values] of Object.entries(used)) {
			expect(values.length, what).toBeGreaterThan(0);
			expect(known[what as keyof typeof known], what).toEqual(expect.arrayContaining(values));
		}
	});

	test('run every container without privileges, a writable file system or a token, and within limits', () => {
		expect(workloads).toHaveLength(3);
		for (const { metadata, spec } of workloads)
			expect(spec.template.spec, metadata.name).toMatchObject({
				automountServiceAccountToken: false,
				securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
				containers: [
					{
						securityContext: {
							allowPrivilegeEscalation: false,
							readOnlyRootFilesystem: true,
							capabilities: { drop: ['ALL'] },
						},
						resources: { limits: { cpu: expect.any(String), memory: expect.any(String) } },
					},
				],
			});
	});

	test('give each pod the passwords of the roles that it logs in as, and no others', () => {
		const files = workloads.map(({ metadata, spec }) => [
			metadata.name,
			spec.template.spec.volumes[0].projected.sources.flatMap(({ secret }) =>
				secret.items.map(({ path }) => path),
			),
		]);
		expect(Object.fromEntries(files)).toEqual({
			counter: ['app', 'ca.crt'],
			bootstrap: ['admin', 'migrator', 'app', 'ca.crt'],
			migrate: ['migrator', 'ca.crt'],
		});
	});
});

/** The values of these fields at any depth, except where pods of another namespace are selected. */
function collect(value: unknown, fields: readonly string[]): unknown[] {
	if (typeof value !== 'object' || value === null || 'namespaceSelector' in value) return [];
	return Object.entries(value).flatMap(([field, each]) => [
		...(fields.includes(field) ? [each] : []),
		...collect(each, fields),
	]);
}

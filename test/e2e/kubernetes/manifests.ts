import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, runProcess } from 'slipway/test-helpers/child-process';
import { makeDirectory } from 'slipway/test-helpers/temporary-directory';
import { describe } from 'vitest';
import { parseAllDocuments } from 'yaml';

export const manifests = join(projectRoot, 'deploy/kubernetes');

const isInstalled = spawnSync('kubectl', ['kustomize', '--help']).status === 0;
if (!isInstalled && process.env.CI) throw new Error('kubectl is not installed, which CI needs');
if (!isInstalled) process.stderr.write('kubectl is not installed: tests of the manifests are skipped\n');

/** `kubectl kustomize` needs no cluster. */
export const describeWithKubectl = describe.skipIf(!isInstalled);

export interface Resource {
	readonly apiVersion: string;
	readonly kind: string;
	readonly metadata: {
		readonly name: string;
		readonly namespace?: string;
		readonly labels?: Readonly<Record<string, string>>;
	};
}

/** A ConfigMap or a Secret. */
export interface Data extends Resource {
	readonly data: Readonly<Record<string, string>>;
}

/** A Deployment or a Job. */
export interface Workload extends Resource {
	readonly spec: {
		readonly backoffLimit?: number;
		readonly template: {
			readonly metadata: { readonly labels: Readonly<Record<string, string>> };
			readonly spec: Pod;
		};
	};
}

export interface Pod {
	readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
	readonly terminationGracePeriodSeconds?: number;
	readonly containers: readonly [Container];
	readonly volumes: readonly [{ readonly projected: { readonly sources: readonly SecretSource[] } }];
}

export interface SecretSource {
	readonly secret: {
		readonly name: string;
		readonly items: readonly { readonly key: string; readonly path: string }[];
	};
}

export interface Container {
	readonly image: string;
	readonly args?: readonly string[];
	readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
	readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[];
	readonly env: readonly { readonly name: string; readonly value: string }[];
	readonly securityContext: {
		readonly readOnlyRootFilesystem: boolean;
		readonly allowPrivilegeEscalation: boolean;
		readonly capabilities: { readonly drop: readonly string[] };
	};
	readonly resources: { readonly limits: { readonly cpu: string; readonly memory: string } };
	readonly volumeMounts: readonly [{ readonly mountPath: string }];
	readonly livenessProbe?: Probe;
	readonly readinessProbe?: Probe;
	readonly lifecycle?: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

export interface Probe {
	readonly httpGet: { readonly path: string; readonly port: string };
	readonly periodSeconds: number;
	readonly timeoutSeconds: number;
	readonly failureThreshold: number;
}

/** CloudNativePG's, as far as a test starts what it describes. */
export interface DatabaseCluster extends Resource {
	readonly spec: {
		readonly bootstrap: {
			readonly initdb: {
				readonly database: string;
				readonly owner: string;
				readonly localeProvider: string;
				readonly builtinLocale: string;
				readonly postInitApplicationSQL: readonly string[];
			};
		};
		readonly postgresql: { readonly pg_hba: readonly string[] };
	};
}

/** What `kubectl apply -k` sends to a cluster, with these files in the folder of the passwords. */
export async function renderProduction(
	passwords: Readonly<Record<'app' | 'migrator', string>>,
): Promise<readonly Resource[]> {
	using copy = makeDirectory();
	cpSync(manifests, copy.path, { recursive: true });
	const overlay = join(copy.path, 'overlays/production');
	mkdirSync(join(overlay, 'secrets'), { recursive: true });
	for (const [role, password] of Object.entries(passwords))
		writeFileSync(join(overlay, 'secrets', role), password);
	const { status, stdout, stderr } = await runProcess('kubectl', ['kustomize', overlay]);
	if (status !== 0) throw new Error(`kubectl kustomize exited with ${status}:\n${stderr}`);
	return parseResources(stdout);
}

export function parseResources(text: string): readonly Resource[] {
	// Kubernetes reads YAML 1.1.
	return parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS() as Resource);
}

/** The resource of this kind, and of this name if there are several. */
export function find<T extends Resource>(resources: readonly Resource[], kind: string, name?: string): T {
	const [found, another] = resources.filter(
		(each) => each.kind === kind && (name === undefined || each.metadata.name === name),
	);
	if (found === undefined || another !== undefined)
		throw new Error(`${another ? 'several' : 'no'} ${kind} ${name}`);
	return found as T;
}

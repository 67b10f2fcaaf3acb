import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Finished } from 'slipway/test-helpers/child-process';
import { ask, docker } from '../engine.ts';
import { ownerOptions } from '../service-image.ts';
import { type Data, find, type Pod, type Resource, type Workload } from './manifests.ts';

/** What pods find around them: a namespace, on one machine. */
export interface Namespace {
	/** The manifests, and what the operator adds to them. */
	readonly resources: readonly Resource[];
	readonly network: string;
	/** The image that takes the place of the one in the manifests. */
	readonly image: string;
	/** For the volumes of the pods. */
	readonly folder: string;
}

/** Runs the pod of a Job to its end. */
export function runPod(namespace: Namespace, job: Workload): Promise<Finished> {
	return docker('run', '--rm', ...optionsOf(namespace, job.spec.template.spec));
}

export interface RunningPod {
	/** The address of its port on this machine. */
	readonly address: string;
	/** Ends it as the kubelet does. The exit code is 137 if it was killed at the end of its grace period. */
	terminate(): Promise<{ readonly exitCode: number }>;
}

/** Starts a pod of a Deployment. */
export async function startPod(namespace: Namespace, deployment: Workload): Promise<RunningPod> {
	const pod = deployment.spec.template.spec;
	const [{ ports, lifecycle }] = pod.containers;
	const port = String(ports?.[0]?.containerPort);
	const id = await ask('run', '--detach', `--publish=127.0.0.1::${port}`, ...optionsOf(namespace, pod));
	// The kubelet sends SIGTERM after preStop, and SIGKILL when the whole period is over.
	const grace = Number(pod.terminationGracePeriodSeconds) - Number(lifecycle?.preStop.sleep.seconds);
	return {
		address: `http://${await ask('port', id, port)}/`,
		terminate: async () => {
			await ask('stop', '-t', String(grace), id);
			return { exitCode: Number(await ask('inspect', '--format={{.State.ExitCode}}', id)) };
		},
	};
}

/** What `docker run` needs to run a container as the pod says. Kubernetes does not use the health check of an image. */
function optionsOf(namespace: Namespace, pod: Pod): string[] {
	const { securityContext: user, containers, volumes } = pod;
	const [{ securityContext, resources, volumeMounts, args = [] }] = containers;
	const memory = bytesOf(resources.limits.memory);
	const volume = writeVolume(namespace, volumes[0].projected.sources);
	return [
		...ownerOptions,
		'--no-healthcheck',
		`--network=${namespace.network}`,
		`--user=${user.runAsUser}:${user.runAsGroup}`,
		...(securityContext.readOnlyRootFilesystem ? ['--read-only'] : []),
		...(securityContext.allowPrivilegeEscalation ? [] : ['--security-opt=no-new-privileges']),
		...securityContext.capabilities.drop.map((capability) => `--cap-drop=${capability}`),
		`--cpus=${coresOf(resources.limits.cpu)}`,
		`--memory=${memory}`,
		`--memory-swap=${memory}`,
		`--volume=${volume}:${volumeMounts[0].mountPath}:ro`,
		...variablesOf(namespace, pod).map((variable) => `--env=${variable}`),
		namespace.image,
		...args,
	];
}

function variablesOf({ resources }: Namespace, { containers: [{ env, envFrom }] }: Pod): string[] {
	const shared = envFrom.flatMap(({ configMapRef }) =>
		Object.entries(find<Data>(resources, 'ConfigMap', configMapRef.name).data),
	);
	return [...shared, ...env.map(({ name, value }) => [name, value])].map((entry) => entry.join('='));
}

/** A folder with the keys of the secrets that the volume lists. */
function writeVolume(
	{ resources, folder }: Namespace,
	sources: Pod['volumes'][0]['projected']['sources'],
): string {
	const volume = mkdtempSync(join(folder, 'volume-'));
	chmodSync(volume, 0o755);
	for (const { secret } of sources) {
		const { data } = find<Data>(resources, 'Secret', secret.name);
		for (const { key, path } of secret.items) {
			const file = join(volume, path);
			mkdirSync(dirname(file), { recursive: true });
			writeFileSync(file, Buffer.from(data[key] ?? '', 'base64'));
		}
	}
	return volume;
}

/** `500m` is half a core. */
function coresOf(quantity: string): number {
	return quantity.endsWith('m') ? Number.parseInt(quantity, 10) / 1000 : Number(quantity);
}

function bytesOf(quantity: string): number {
	const [, amount, unit = ''] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
	return Number(amount) * (unit === 'Gi' ? 2 ** 30 : 2 ** 20);
}

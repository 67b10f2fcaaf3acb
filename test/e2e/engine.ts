import { type Finished, runProcess } from 'slipway/test-helpers/child-process';
import { currentProcess, type ProcessIdentity } from 'slipway/test-helpers/processes';

/** The label on everything that tests create on the engine, so that the next run can remove what a killed run left. */
export const ownerLabel = labelOf(currentProcess());

export function labelOf(owner: ProcessIdentity): Record<string, string> {
	return { 'dev.slipway.owner': JSON.stringify(owner) };
}

export function docker(...args: readonly string[]): Promise<Finished> {
	return runProcess('docker', args);
}

/** The standard output of a Docker command. Throws if the command fails. */
export async function ask(...args: readonly string[]): Promise<string> {
	const { status, stdout, stderr } = await docker(...args);
	if (status !== 0) throw new Error(`docker ${args.join(' ')} exited with ${status}:\n${stdout}\n${stderr}`);
	return stdout.trim();
}

const kinds = {
	containers: { list: ['ps', '--all'], remove: ['rm', '--force', '--volumes'] },
	volumes: { list: ['volume', 'ls'], remove: ['volume', 'rm'] },
	networks: { list: ['network', 'ls'], remove: ['network', 'rm'] },
	images: { list: ['images'], remove: ['rmi', '--force'] },
} as const;

/** The objects of a kind that carry the label. */
export async function listOwned(kind: keyof typeof kinds, label = ownerLabel): Promise<readonly string[]> {
	const filters = Object.entries(label).map((entry) => `--filter=label=${entry.join('=')}`);
	const found = await ask(...kinds[kind].list, '--quiet', ...filters);
	return [...new Set(found.split('\n').filter((name) => name !== ''))];
}

/** Removes everything that carries the label of this process. */
export async function removeOwned(): Promise<void> {
	for (const kind of ['containers', 'volumes', 'networks', 'images'] as const) {
		const names = await listOwned(kind);
		if (names.length > 0) await ask(...kinds[kind].remove, ...names);
	}
}

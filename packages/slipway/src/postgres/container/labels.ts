import { currentProcess, type ProcessIdentity } from '../process-identity.ts';

/**
 * Everything that Slipway creates on an engine has these labels. Nothing without them is changed or removed.
 */
export const label = {
	/** `server`, `data` or `snapshot`; in compose.yaml `stack`, `service` and `dev`. */
	kind: 'dev.slipway.kind',
	/** The process that it is useless without. */
	owner: 'dev.slipway.owner',
	/** The machine and folder that a data volume or a snapshot belongs to. */
	directory: 'dev.slipway.directory',
} as const;

export function serverLabels(): Record<string, string> {
	return { [label.kind]: 'server', [label.owner]: JSON.stringify(currentProcess()) };
}

export function dataLabels(directory: string): Record<string, string> {
	return { [label.kind]: 'data', [label.directory]: `${here()}${directory}` };
}

/**
 * For the image of a snapshot of `folder`. It inherits the labels of its container, so the owner must be
 * cleared.
 */
export function snapshotLabels(folder: string): Record<string, string> {
	return { [label.kind]: 'snapshot', [label.owner]: '', [label.directory]: `${here()}${folder}` };
}

/**
 * The directory of a data volume or a snapshot; undefined if it is on another machine: several may share an
 * engine.
 */
export function directoryOf(labels: Readonly<Record<string, string>> | undefined): string | undefined {
	const value = labels?.[label.directory];
	return value?.startsWith(here()) ? value.slice(here().length) : undefined;
}

const here = () => `${currentProcess().machine}:`;

/**
 * Undefined if there is none, or an empty one: `docker commit` copies labels, and its caller may clear this
 * one.
 */
export function ownerOf(labels: Readonly<Record<string, string>> | undefined): ProcessIdentity | undefined {
	try {
		const owner = JSON.parse(labels?.[label.owner] ?? '') as Partial<ProcessIdentity>;
		return typeof owner.pid === 'number' ? (owner as ProcessIdentity) : undefined;
	} catch {
		return undefined;
	}
}

import { currentProcess, type ProcessIdentity } from '../process-identity.ts';

/** What Slipway creates on an engine has these labels. Nothing without them is ever touched. */
export const label = {
	/** `server`, `data`, `snapshot`; compose.yaml says `stack`, `service` and `dev`. */
	kind: 'dev.slipway.kind',
	/** The process that uses it. */
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
 * For the image of a snapshot of `folder`. It inherits the labels of its container, so that the owner's has
 * to be emptied.
 */
export function snapshotLabels(folder: string): Record<string, string> {
	return { [label.kind]: 'snapshot', [label.owner]: '', [label.directory]: `${here()}${folder}` };
}

/**
 * The directory of a data volume or a snapshot; undefined if it is on another machine: an engine may serve
 * several.
 */
export function directoryOf(labels: Readonly<Record<string, string>> | undefined): string | undefined {
	const value = labels?.[label.directory];
	return value?.startsWith(here()) ? value.slice(here().length) : undefined;
}

const here = () => `${currentProcess().machine}:`;

/** Undefined if there is none. `docker commit` copies labels, and its user may have emptied this one. */
export function ownerOf(labels: Readonly<Record<string, string>> | undefined): ProcessIdentity | undefined {
	try {
		const owner = JSON.parse(labels?.[label.owner] ?? '') as Partial<ProcessIdentity>;
		return typeof owner.pid === 'number' ? (owner as ProcessIdentity) : undefined;
	} catch {
		return undefined;
	}
}

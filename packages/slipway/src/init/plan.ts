import type { DetectedProject } from '../detection/index.ts';

/** What init may add beside configuration and tests: files, or with `branches` a field of the configuration. */
export const extras = ['compose', 'docker', 'devcontainer', 'ci', 'branches'] as const;
export type Extra = (typeof extras)[number];

/** A change of one file: the text that it is to have. Paths are relative to the project. */
export interface FileChange {
	readonly path: string;
	/** The text before an edit. Undefined for a new file. */
	readonly before?: string;
	readonly after: string;
	/** What the file is for, in a few words. */
	readonly purpose: string;
}

/** The contribution of one part. */
export interface Part {
	readonly changes?: readonly FileChange[];
	/** What the user does by hand. */
	readonly notes?: readonly string[];
}

/** What the parts make their files from. */
export interface Request {
	readonly project: DetectedProject;
	readonly extras: readonly Extra[];
	/** Whether this Node runs TypeScript, as the configuration needs. */
	readonly runsTypeScript: boolean;
}

/** All that init would do. */
export interface Plan {
	readonly changes: readonly FileChange[];
	readonly notes: readonly string[];
	/** Paths that exist already, and stay as they are. */
	readonly kept: readonly string[];
}

import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { clusterIn } from './cluster-folder.ts';

/** Where the cluster that replaces the other one waits, once it is complete. */
export const successorIn = (directory: string) => `${clusterIn(directory)}.upgraded`;

/** Where an upgrade keeps the cluster of version `major`. */
export const keptClusterIn = (directory: string, major: number) => `${clusterIn(directory)}-${major}`;

/** The kept clusters in `directory`. */
export function keptClusters(directory: string): string[] {
	if (!existsSync(directory)) return [];
	return readdirSync(directory)
		.filter((name) => /^cluster-\d+$/.test(name))
		.map((name) => join(directory, name));
}

/** Gives `successor` the place of the cluster in `directory`, which is kept as `kept`. */
export function replaceCluster(directory: string, successor: string, kept: string): void {
	renameSync(successor, successorIn(directory));
	flushFolder(directory);
	renameSync(clusterIn(directory), kept);
	settleReplacement(directory);
	flushFolder(directory);
}

/** Completes a replacement that was interrupted between its last two steps. The caller has locked the directory. */
export function settleReplacement(directory: string): void {
	if (!existsSync(clusterIn(directory)) && existsSync(successorIn(directory)))
		renameSync(successorIn(directory), clusterIn(directory));
}

function flushFolder(directory: string): void {
	const folder = openSync(directory, 'r');
	try {
		fsyncSync(folder);
	} finally {
		closeSync(folder);
	}
}

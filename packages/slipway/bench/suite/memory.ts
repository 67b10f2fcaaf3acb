import { type Dirent, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessTree } from '../process-tree.ts';

export interface MemoryWatch {
	/** Stops watching, and returns the peak in bytes. */
	stop(): number;
}

const interval = 100;

/**
 * Watches the memory of a process and its descendants: the sum of their proportional set sizes, which counts
 * shared memory once, and the files below `folder` if that is on tmpfs.
 */
export function watchMemory(pid: number, folder: string): MemoryWatch {
	const tree = new ProcessTree(pid);
	const filesCount = isInMemory(folder);
	let peak = 0;
	const look = () => {
		const processes = tree.look().reduce((sum, pid) => sum + proportionalSetSize(pid), 0);
		peak = Math.max(peak, processes + (filesCount ? diskUsage(folder) : 0));
	};
	const timer = setInterval(look, interval);
	return {
		stop() {
			clearInterval(timer);
			return peak;
		},
	};
}

function proportionalSetSize(pid: number): number {
	try {
		const [, kilobytes] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
		return Number(kilobytes ?? 0) * 1024;
	} catch {
		return 0; // It has ended.
	}
}

function isInMemory(folder: string): boolean {
	const tmpfs = 0x01021994;
	return statfsSync(folder).type === tmpfs;
}

/** Without what symbolic links lead to, which `recursive` would follow: a server that mounts its snapshot has one to it. */
export function diskUsage(folder: string): number {
	return entriesOf(folder)
		.map((entry) => {
			const path = join(folder, entry.name);
			if (entry.isDirectory()) return diskUsage(path);
			return entry.isFile() ? (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512 : 0;
		})
		.reduce((sum, bytes) => sum + bytes, 0);
}

/** Empty while a folder is being removed. */
function entriesOf(folder: string): Dirent[] {
	try {
		return readdirSync(folder, { withFileTypes: true });
	} catch {
		return [];
	}
}

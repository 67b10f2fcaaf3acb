import { availableParallelism } from 'node:os';

/** A small server with its files in memory and a few connections. */
const bytesEach = 128 * 1024 ** 2;

/** How many servers may be kept ready: one for each core, and no more than fit into half of the memory that is left. */
export function standbyCapacity(): number {
	return Math.min(availableParallelism(), Math.floor(process.availableMemory() / 2 / bytesEach));
}

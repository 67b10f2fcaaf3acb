import { statfsSync } from 'node:fs';
import { type Finding, ok, warning } from '../finding.ts';

const megabyte = 1024 ** 2;
/** A dev server, the service and a few test workers. */
const needed = 300;
const sharedMemory = '/dev/shm';
/** A query with parallel workers may need this much. */
const neededShared = 32;

export function checkMemory(): Finding[] {
	return [checkFree(), ...(process.platform === 'linux' ? [checkShared()] : [])];
}

/** In a container, within its limit. */
function checkFree(): Finding {
	const free = Math.floor(process.availableMemory() / megabyte);
	const message = `${free} MB of memory are free`;
	if (free >= needed) return ok(message);
	return warning(
		message,
		`PostgreSQL or Node may be killed (exit code 137). Close other programs, or give the virtual machine or container ${needed} MB more.`,
	);
}

function checkShared(): Finding {
	const free = freeShared();
	const message =
		free === undefined ? `there is no ${sharedMemory}` : `${free} MB are free in ${sharedMemory}`;
	if (free !== undefined && free >= neededShared) return ok(message);
	return warning(
		message,
		`Queries with parallel workers may fail with "could not resize shared memory segment". Give the container more: --shm-size=256m, or shm_size in compose.yaml.`,
	);
}

function freeShared(): number | undefined {
	try {
		const { bavail, bsize } = statfsSync(sharedMemory);
		return Math.floor((bavail * bsize) / megabyte);
	} catch {
		return undefined;
	}
}

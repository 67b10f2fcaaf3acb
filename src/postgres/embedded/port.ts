import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Below every system's range for outgoing connections, which would take a port at any moment, and above the ports that
 * services are known by.
 */
const first = 10_240;
const end = 32_768;

/** Ports to try, the one that this directory's server had last first, so that a saved connection goes on working. */
export function* candidatePorts(directory: string): Generator<number> {
	const last = lastPort(directory);
	if (last !== undefined) yield last;
	for (let attempt = 0; attempt < 50; attempt++) yield randomInt(first, end);
}

export function rememberPort(directory: string, port: number): void {
	if (lastPort(directory) !== port) writeFileSync(portFile(directory), `${port}\n`);
}

function lastPort(directory: string): number | undefined {
	try {
		const port = Number(readFileSync(portFile(directory), 'utf8'));
		return Number.isInteger(port) && port >= first && port < end ? port : undefined;
	} catch {
		return undefined;
	}
}

const portFile = (directory: string) => join(directory, 'port');

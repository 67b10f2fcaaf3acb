import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mayBeRandom, randomPort } from '../random-port.ts';

/**
 * The ports to try: first the one that the server of this directory had last, so that saved connections keep
 * working.
 */
export function* candidatePorts(directory: string): Generator<number> {
	const last = lastPort(directory);
	if (last !== undefined) yield last;
	for (let attempt = 0; attempt < 50; attempt++) yield randomPort();
}

export function rememberPort(directory: string, port: number): void {
	if (lastPort(directory) !== port) writeFileSync(portFile(directory), `${port}\n`);
}

function lastPort(directory: string): number | undefined {
	try {
		const port = Number(readFileSync(portFile(directory), 'utf8'));
		return mayBeRandom(port) ? port : undefined;
	} catch {
		return undefined;
	}
}

const portFile = (directory: string) => join(directory, 'port');

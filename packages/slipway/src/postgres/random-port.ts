import { randomInt } from 'node:crypto';

/**
 * Above the well-known ports, and below every system's range for outgoing connections, which may take a port at any
 * moment.
 */
const first = 10_240;
const end = 32_768;

export function randomPort(): number {
	return randomInt(first, end);
}

/** Whether it can have come from `randomPort`. */
export function mayBeRandom(port: number): boolean {
	return Number.isInteger(port) && port >= first && port < end;
}

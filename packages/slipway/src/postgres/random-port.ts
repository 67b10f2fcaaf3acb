import { randomInt } from 'node:crypto';

/**
 * Above the well-known ports, and below the range for outgoing connections on every system: those may take a
 * port at any moment.
 */
const first = 10_240;
const end = 32_768;

export function randomPort(): number {
	return randomInt(first, end);
}

/** Whether `randomPort` could have returned it. */
export function mayBeRandom(port: number): boolean {
	return Number.isInteger(port) && port >= first && port < end;
}

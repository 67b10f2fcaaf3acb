import { expect } from 'vitest';
import { Live } from '../../src/index.ts';

/** Hears of no hits, and its chart is empty. For tests of an app without a database. */
export function quietLive(): Live {
	return new Live({
		listen: async () => {},
		read: async () => ({ count: 0n, hits: Array<number>(60).fill(0) }),
		onError: (error) => expect.unreachable(String(error)),
	});
}

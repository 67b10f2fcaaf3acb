import { setTimeout as sleep } from 'node:timers/promises';
import type { Probe } from './manifests.ts';

/**
 * Asks as often as the kubelet does before it acts. Resolves with whether it would have acted: when all answers were missing,
 * late or errors.
 */
export async function probe(
	address: string,
	{ httpGet, periodSeconds, timeoutSeconds, failureThreshold }: Probe,
): Promise<boolean> {
	let failures = 0;
	for (let asked = 1; asked <= failureThreshold; asked += 1) {
		if (!(await ask(new URL(httpGet.path, address), timeoutSeconds))) failures += 1;
		if (asked < failureThreshold) await sleep(periodSeconds * 1000);
	}
	return failures === failureThreshold;
}

async function ask(url: URL, timeoutSeconds: number): Promise<boolean> {
	return await fetch(url, { signal: AbortSignal.timeout(timeoutSeconds * 1000) }).then(
		({ ok }) => ok,
		() => false,
	);
}

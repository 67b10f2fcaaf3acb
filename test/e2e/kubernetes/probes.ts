import { setTimeout as sleep } from 'node:timers/promises';
import type { Probe } from './manifests.ts';

/**
 * Asks `times` times, as the kubelet does. Resolves with how often it would have acted: when as many answers in a row as the
 * manifest allows were missing, late or errors.
 */
export async function probe(
	address: string,
	{ httpGet, periodSeconds, timeoutSeconds, failureThreshold }: Probe,
	times: number,
): Promise<number> {
	let [actions, failures] = [0, 0];
	for (let asked = 1; asked <= times; asked += 1) {
		failures = (await ask(new URL(httpGet.path, address), timeoutSeconds)) ? 0 : failures + 1;
		if (failures === failureThreshold) actions += 1;
		if (asked < times) await sleep(periodSeconds * 1000);
	}
	return actions;
}

async function ask(url: URL, timeoutSeconds: number): Promise<boolean> {
	return await fetch(url, { signal: AbortSignal.timeout(timeoutSeconds * 1000) }).then(
		({ ok }) => ok,
		() => false,
	);
}

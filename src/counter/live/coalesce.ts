import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Passes values to `deliver`: the first one at once, and then the latest one every `interval` milliseconds, as long as
 * there are new ones. So the last value is always delivered. `deliver` must not reject.
 */
export function coalesce<Value>(
	interval: number,
	deliver: (value: Value) => Promise<void> | void,
): (value: Value) => void {
	let latest: { readonly value: Value } | undefined;
	let running = false;

	async function run() {
		running = true;
		while (latest !== undefined) {
			const { value } = latest;
			latest = undefined;
			await deliver(value);
			await sleep(interval, undefined, { ref: false });
		}
		running = false;
	}

	return (value) => {
		latest = { value };
		if (!running) void run();
	};
}

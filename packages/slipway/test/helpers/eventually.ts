import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `condition` holds. Fails after `seconds`, which bounds a hanging test and asserts no speed. */
export async function eventually(condition: () => boolean | Promise<boolean>, seconds = 120): Promise<void> {
	const end = performance.now() + seconds * 1000;
	while (!(await condition())) {
		if (performance.now() > end) throw new Error(`still not so after ${seconds} s: ${condition}`);
		await sleep(10);
	}
}

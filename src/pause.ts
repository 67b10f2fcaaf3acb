const firstPause = 100;
const longestPause = 500;

/**
 * Passes calls on to `attempt`, but from the second failure in a row on refuses with the last error until a pause is
 * over, so that a database that is down is neither hammered nor waited for. The first failure costs no pause: a
 * connection that was ended needs a new one and nothing else.
 */
export function pauseAfterFailures<Arguments extends unknown[], Result>(
	attempt: (...args: Arguments) => Promise<Result>,
): (...args: Arguments) => Promise<Result> {
	let failures = 0;
	let refusal: { readonly error: unknown; readonly until: number } | undefined;

	return async (...args) => {
		if (refusal !== undefined && performance.now() < refusal.until) throw refusal.error;
		try {
			const result = await attempt(...args);
			failures = 0;
			return result;
		} catch (error) {
			failures += 1;
			refusal = { error, until: performance.now() + pauseAfter(failures) };
			throw error;
		}
	};
}

function pauseAfter(failures: number): number {
	return failures === 1 ? 0 : Math.min(firstPause * 2 ** (failures - 2), longestPause);
}

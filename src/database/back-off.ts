const firstPause = 100;
const longestPause = 500;

/**
 * Calls `attempt`. After two or more failures in a row, rejects with the last error until a pause is over, so that
 * callers neither hammer a database that is down nor wait for it. A single failure causes no pause: if only the
 * connection was lost, the next call reconnects.
 */
export function backOffAfterFailures<Arguments extends unknown[], Result>(
	attempt: (...args: Arguments) => Promise<Result>,
): ((...args: Arguments) => Promise<Result>) & { readonly isPausing: () => boolean } {
	let failures = 0;
	let rejection: { readonly error: unknown; readonly until: number } | undefined;

	const isPausing = () => rejection !== undefined && performance.now() < rejection.until;
	const call = async (...args: Arguments) => {
		if (rejection !== undefined && isPausing()) throw rejection.error;
		try {
			const result = await attempt(...args);
			failures = 0;
			return result;
		} catch (error) {
			failures += 1;
			rejection = { error, until: performance.now() + pauseAfter(failures) };
			throw error;
		}
	};
	return Object.assign(call, { isPausing });
}

function pauseAfter(failures: number): number {
	return failures === 1 ? 0 : Math.min(firstPause * 2 ** (failures - 2), longestPause);
}

/** Settles like `step`. If the signal is aborted first, throws its reason and abandons `step`. */
export async function untilAborted<T>(signal: AbortSignal, step: Promise<T>): Promise<T> {
	const { promise: aborted, reject } = Promise.withResolvers<never>();
	const abort = () => reject(signal.reason);
	signal.addEventListener('abort', abort);
	if (signal.aborted) abort();
	try {
		return await Promise.race([aborted, step]);
	} finally {
		signal.removeEventListener('abort', abort);
	}
}

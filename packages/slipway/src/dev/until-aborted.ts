/** What `step` comes to, unless the signal is first: then it throws the signal's reason, and `step` is left to itself. */
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

/** For what another process, or the engine itself, may have stopped or removed already, or be about to. */
export function ignoreNotFound(error: unknown): void {
	const { statusCode } = error as { statusCode?: number };
	if (statusCode !== 304 && statusCode !== 404 && statusCode !== 409) throw error;
}

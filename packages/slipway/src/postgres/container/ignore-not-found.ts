/** For what another one, or the engine itself, may have stopped or removed, or be about to. */
export function ignoreNotFound(error: unknown): void {
	const { statusCode } = error as { statusCode?: number };
	if (statusCode !== 304 && statusCode !== 404 && statusCode !== 409) throw error;
}

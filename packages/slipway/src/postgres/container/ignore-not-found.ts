/**
 * For something that another process, or the engine itself, may have stopped or removed, or may be removing.
 */
export function ignoreNotFound(error: unknown): void {
	const { statusCode } = error as { statusCode?: number };
	if (statusCode !== 304 && statusCode !== 404 && statusCode !== 409) throw error;
}

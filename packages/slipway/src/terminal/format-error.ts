import { SlipwayError } from '../errors.ts';

/** An error for a person to read: its cause and its fix. With `verbose`, the stack trace as well. */
export function formatError(error: unknown, verbose: boolean): string {
	if (verbose) return formatVerbosely(error);
	const parts = partsOf(error);
	if (parts !== undefined) return parts.map((part) => formatError(part, false)).join('\n');
	if (error instanceof SlipwayError) return `error: ${withHint(error)}`;
	const message = error instanceof Error ? error.message : String(error);
	return `error: ${message}\n  Unexpected error. Run with --verbose for details.`;
}

/** The same for a problem that does not stop the command. */
export function formatWarning(warning: SlipwayError): string {
	return `warning: ${withHint(warning)}`;
}

const withHint = ({ message, hint }: SlipwayError) => `${message}\n  ${hint.replaceAll('\n', '\n  ')}`;

function formatVerbosely(error: unknown): string {
	if (!(error instanceof Error)) return `error: ${String(error)}`;
	const lines = [error.stack ?? error.message];
	if (error instanceof SlipwayError) lines.push(`  ${error.hint}`);
	lines.push(...(partsOf(error) ?? []).map(formatVerbosely));
	if (error.cause !== undefined) lines.push(`caused by: ${formatVerbosely(error.cause)}`);
	return lines.join('\n');
}

/** The errors inside `error` in the order in which they occurred: a failed disposal comes after what it suppresses. */
function partsOf(error: unknown): readonly unknown[] | undefined {
	if (error instanceof AggregateError) return error.errors;
	if (isSuppressed(error)) return [error.suppressed, error.error];
	return undefined;
}

/** By its name: Node 22 has no SuppressedError, and compiled code makes do with an Error of that name there. */
function isSuppressed(error: unknown): error is Error & { error: unknown; suppressed: unknown } {
	return error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error;
}

import { Command, CommanderError } from 'commander';
import { SlipwayError } from '../errors.ts';

/** A command of the command line with what all of them share: `--help`, `--verbose`, and strict arguments. */
export function defineCommand(name: string, description: string): Command {
	return new Command(name)
		.description(description)
		.option('--verbose', 'with stack traces and causes')
		.allowExcessArguments(false)
		.showSuggestionAfterError()
		.exitOverride();
}

/**
 * Runs `command` on the arguments of this process and sets its exit code: 0 when all was done, 1 when something
 * failed, 2 when the arguments are wrong. A fault goes to stderr as what failed and what to do about it.
 */
export async function runCommand(command: Command, argv: readonly string[]): Promise<void> {
	try {
		await command.parseAsync(argv, { from: 'user' });
	} catch (error) {
		if (error instanceof CommanderError) {
			process.exitCode = error.exitCode === 0 ? 0 : 2;
			return;
		}
		process.stderr.write(`${formatFault(error, argv.includes('--verbose'))}\n`);
		process.exitCode = 1;
	}
}

/** What a person reads of an error: cause and mend, and with `verbose` where it came from. */
export function formatFault(error: unknown, verbose: boolean): string {
	if (verbose) return formatVerbosely(error);
	if (error instanceof AggregateError) return error.errors.map((each) => formatFault(each, false)).join('\n');
	if (error instanceof SlipwayError)
		return `error: ${error.message}\n  ${error.hint.replaceAll('\n', '\n  ')}`;
	const message = error instanceof Error ? error.message : String(error);
	return `error: ${message}\n  This one is not foreseen: --verbose shows where it comes from.`;
}

function formatVerbosely(error: unknown): string {
	if (!(error instanceof Error)) return `error: ${String(error)}`;
	const lines = [error.stack ?? error.message];
	if (error instanceof SlipwayError) lines.push(`  ${error.hint}`);
	if (error instanceof AggregateError) lines.push(...error.errors.map(formatVerbosely));
	if (error.cause !== undefined) lines.push(`caused by: ${formatVerbosely(error.cause)}`);
	return lines.join('\n');
}

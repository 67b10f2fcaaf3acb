import { Command, CommanderError } from 'commander';
import { type CommandNames, defaultCommandNames, withCommandNames } from './command-names.ts';
import { formatError } from './format-error.ts';
import { watchOutput } from './watch-output.ts';

/** A command with what all commands share: `--help`, `--verbose` and strict arguments. */
export function defineCommand(name: string, description: string): Command {
	return new Command(name)
		.description(description)
		.option('--verbose', 'show stack traces and causes')
		.allowExcessArguments(false)
		.showSuggestionAfterError()
		.showHelpAfterError('  Run with --help for usage.')
		.exitOverride();
}

/**
 * Runs `command` with the arguments `argv` and sets the exit code of this process: 0 on success, 1 on failure, 2 for
 * wrong arguments. Prints an error to stderr as what failed and how to fix it, with commands named by `commandName`.
 */
export async function runCommand(
	command: Command,
	argv: readonly string[],
	commandName: CommandNames = defaultCommandNames,
): Promise<void> {
	watchOutput();
	try {
		await command.parseAsync(argv, { from: 'user' });
	} catch (error) {
		if (error instanceof CommanderError) {
			process.exitCode = error.exitCode === 0 ? 0 : 2;
			return;
		}
		const text = formatError(error, argv.includes('--verbose'));
		process.stderr.write(`${withCommandNames(text, commandName)}\n`);
		process.exitCode = 1;
	}
}

import { Command, CommanderError } from 'commander';
import { type CommandNames, defaultCommandNames, withCommandNames } from './command-names.ts';
import { formatFault } from './format-fault.ts';
import { watchOutput } from './watch-output.ts';

/** A command of the command line with what all of them share: `--help`, `--verbose`, and strict arguments. */
export function defineCommand(name: string, description: string): Command {
	return new Command(name)
		.description(description)
		.option('--verbose', 'show stack traces and causes')
		.allowExcessArguments(false)
		.showSuggestionAfterError()
		.showHelpAfterError('  --help lists what there is.')
		.exitOverride();
}

/**
 * Runs `command` on the arguments of this process and sets its exit code: 0 when all was done, 1 when something
 * failed, 2 when the arguments are wrong. An error goes to stderr as what failed and how to fix it, with commands as
 * `commandName` has them.
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
		const text = formatFault(error, argv.includes('--verbose'));
		process.stderr.write(`${withCommandNames(text, commandName)}\n`);
		process.exitCode = 1;
	}
}

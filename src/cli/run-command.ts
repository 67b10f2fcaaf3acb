import { Command, CommanderError } from 'commander';
import { formatFault } from './format-fault.ts';
import { watchOutput } from './watch-output.ts';

/** A command of the command line with what all of them share: `--help`, `--verbose`, and strict arguments. */
export function defineCommand(name: string, description: string): Command {
	return new Command(name)
		.description(description)
		.option('--verbose', 'with stack traces and causes')
		.allowExcessArguments(false)
		.showSuggestionAfterError()
		.showHelpAfterError('  --help lists what there is.')
		.exitOverride();
}

/**
 * Runs `command` on the arguments of this process and sets its exit code: 0 when all was done, 1 when something
 * failed, 2 when the arguments are wrong. A fault goes to stderr as what failed and what to do about it.
 */
export async function runCommand(command: Command, argv: readonly string[]): Promise<void> {
	watchOutput();
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

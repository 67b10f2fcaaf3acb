import {
	type CommandNames,
	defaultCommandNames,
	defineCommand,
	environmentIn,
	runCommand,
} from '../terminal/index.ts';
import { type CommandName, commands } from './commands.ts';

export { defineCommand, environmentIn, runCommand };

export interface ScriptOptions {
	/** The project's folder. */
	readonly root: string;
	/** How the project's users run commands, by their names in `slipway`: `{ migrate: 'scripts/migrate' }`. */
	readonly scripts: Readonly<Partial<Record<CommandName, string>>>;
}

/**
 * Runs the command `name` of `slipway` with the arguments and the environment of this process, for a project
 * with scripts of its own. Sets the exit code: 0 on success, 1 on failure, 2 for wrong arguments.
 */
export async function runScript(name: CommandName, { root, scripts }: ScriptOptions): Promise<void> {
	const commandName: CommandNames = (each) => scripts[each as CommandName] ?? defaultCommandNames(each);
	const define = await commands[name].load();
	const command = define({ root, environment: process.env, commandName });
	await runCommand(command, process.argv.slice(2), commandName);
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { SlipwayError } from '../errors.ts';
import { type CommandNames, defineCommand, formatError, runCommand } from '../terminal/index.ts';
import { type CommandName, commands } from './commands.ts';
import { currentProject } from './current-project.ts';
import { commandNames } from './package-manager.ts';

/** Runs the command that `argv` names in the project of the current folder, and sets the exit code. */
export async function runSlipway(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<void> {
	try {
		const { folder, others } = takeFolder(argv);
		if (folder !== undefined) enter(folder);
		const commandName = commandNames(environment, process.cwd());
		await runCommand(await defineProgram(others, environment, commandName), others, commandName);
	} catch (error) {
		process.stderr.write(`${formatError(error, argv.includes('--verbose'))}\n`);
		process.exitCode = 2;
	}
}

/** `slipway` with all its commands, of which only the one that `argv` names is loaded. */
async function defineProgram(
	argv: readonly string[],
	environment: NodeJS.ProcessEnv,
	commandName: CommandNames,
): Promise<Command> {
	const project = currentProject(environment, commandName);
	const program = defineCommand('slipway', 'PostgreSQL for development and tests.')
		.enablePositionalOptions()
		.option('--cwd <folder>', 'run as if started in this folder')
		.version(ownVersion());
	const wanted = argv.find((argument) => !argument.startsWith('-'));
	for (const name of Object.keys(commands) as CommandName[]) {
		const { summary, load } = commands[name];
		const command = name === wanted ? (await load())(project).name(name) : new Command(name);
		program.addCommand(command.summary(summary));
	}
	return program;
}

/** Takes `--cwd` out of the arguments. It applies to all commands, so it may be anywhere before `--`. */
function takeFolder(argv: readonly string[]): { folder?: string; others: readonly string[] } {
	const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
	const at = argv
		.slice(0, end)
		.findIndex((argument) => argument === '--cwd' || argument.startsWith('--cwd='));
	if (at < 0) return { others: argv };
	const [, inline] = argv[at]?.split(/=(.*)/s) ?? [];
	const folder = inline ?? argv[at + 1];
	return { folder: folder ?? '', others: argv.toSpliced(at, inline === undefined ? 2 : 1) };
}

function enter(folder: string): void {
	try {
		process.chdir(folder);
	} catch (cause) {
		throw new SlipwayError(
			'no-folder',
			`--cwd ${JSON.stringify(folder)}: there is no such folder`,
			'Pass the folder of your project.',
			{ cause },
		);
	}
}

/** package.json is one folder above `cli` in the built package, and two above it in the source. */
function ownVersion(): string {
	const [file] = ['../package.json', '../../package.json']
		.map((path) => join(import.meta.dirname, path))
		.filter((path) => existsSync(path));
	return (JSON.parse(readFileSync(file ?? '', 'utf8')) as { version: string }).version;
}

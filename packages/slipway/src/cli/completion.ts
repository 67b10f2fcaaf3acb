import { Argument, type Command } from 'commander';
import { defineCommand } from '../terminal/index.ts';
import type { Project } from './project.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** The words that may follow others: `['migrate', 'up']` is followed by `--to` and so on. */
interface Words {
	readonly path: readonly string[];
	readonly next: readonly string[];
}

export function completionCommand(project: Project, loadAll: () => Promise<readonly Command[]>): Command {
	return defineCommand(
		project.commandName('completion'),
		'Prints a script for a shell that completes commands and options. In ~/.bashrc: eval "$(npx slipway completion bash)"',
	)
		.addArgument(new Argument('<shell>').choices(shells))
		.action(async (shell: Shell) => {
			process.stdout.write(scripts[shell](readWords(await loadAll())));
		});
}

function readWords(commands: readonly Command[]): readonly Words[] {
	const names = commands.map((each) => each.name());
	return [
		{ path: [], next: [...names, '--help', '--version', '--cwd'] },
		...commands.flatMap((each) => wordsOf(each, [])),
	];
}

function wordsOf(command: Command, before: readonly string[]): Words[] {
	const path = [...before, command.name()];
	const options = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []);
	const next = [...command.commands.map((each) => each.name()), ...options, '--help'];
	return [{ path, next }, ...command.commands.flatMap((each) => wordsOf(each, path))];
}

const scripts: Record<Shell, (words: readonly Words[]) => string> = { bash, zsh, fish };

function bash(words: readonly Words[]): string {
	const cases = words.map(
		({ path, next }) => `\t\t${JSON.stringify(path.join(' '))}) words=${JSON.stringify(next.join(' '))} ;;`,
	);
	return `_slipway() {
	local path="" words="" word
	for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		case $word in -*) ;; *) path="\${path:+$path }$word" ;; esac
	done
	case $path in
${cases.join('\n')}
	esac
	COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _slipway slipway
`;
}

function zsh(words: readonly Words[]): string {
	return `autoload -Uz bashcompinit && bashcompinit\n${bash(words)}`;
}

function fish(words: readonly Words[]): string {
	const lines = words.flatMap(({ path, next }) => next.map((word) => line(path, word)));
	return `complete -c slipway -f\n${lines.join('\n')}\n`;
}

function line(path: readonly string[], word: string): string {
	const condition =
		path.length === 0
			? '__fish_use_subcommand'
			: path.map((each) => `__fish_seen_subcommand_from ${each}`).join('; and ');
	const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
	return `complete -c slipway -n '${condition}' ${what}`;
}

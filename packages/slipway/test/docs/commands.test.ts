import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { expect, test } from 'vitest';
import { type CommandName, commands } from '../../src/cli/commands.ts';
import { projectRoot, runProcess } from '../helpers/child-process.ts';
import { allBlocks, type Block, followedPage, pages, pageText, placeOf } from '../helpers/markdown.ts';
import { commandsOf } from '../helpers/shell-words.ts';

/** Why blocks of shell are not looked at, and how many there are: each is one that could go out of date unseen. */
const notRun = {
	'needs GitHub': 2,
	'needs Docker Compose': 8,
	'needs Kubernetes': 3,
	'needs a swarm': 5,
	'the test installs the packed package another way': 3,
};

/** Documented, and being written. */
const planned: string[] = [];

/** Programs of others that the blocks use. */
const others = [
	'npx vitest',
	'npx prisma',
	'node --import slipway/register',
	'pg_dump',
	'curl',
	'npm install --save-dev',
];

/** What scripts/NAME is called in slipway. */
const scripts: Record<string, CommandName> = {
	'scripts/bootstrap-db': 'bootstrap',
	'scripts/clean': 'clean',
	'scripts/dev': 'dev',
	'scripts/doctor': 'doctor',
	'scripts/migrate': 'migrate',
	'scripts/seed': 'seed',
};

/** Allowed in a text, which may name a command alone. */
const argumentIsMissing = 'an argument is missing';

const shell = allBlocks.filter(({ language, page }) => language === 'sh' && page !== followedPage);
const reasonOf = ({ marker = '' }: Block) => /^not run: (.*)$/.exec(marker)?.[1];
const checked = shell.filter((block) => reasonOf(block) === undefined);

test('only these blocks of shell are left out', () => {
	const reasons = Map.groupBy(
		allBlocks.filter((block) => reasonOf(block) !== undefined),
		reasonOf,
	);
	const counts = [...reasons].map(([reason, blocks]) => [reason, blocks.length]);
	expect(Object.fromEntries(counts)).toEqual(notRun);
});

test('every command line of a block has a command, options and arguments that exist', async () => {
	const problems: string[] = [];
	for (const block of checked)
		for (const words of commandsOf(block.text)) {
			const problem = await problemOf(words);
			if (problem !== undefined) problems.push(`${placeOf(block)}: ${words.join(' ')}: ${problem}`);
		}
	expect(problems).toEqual([]);
});

test('every command that a text names exists', () => {
	const known = [...Object.keys(commands), ...planned];
	const problems = pages.flatMap((page) => {
		const text = pageText(page);
		const names = [...text.matchAll(/npx slipway ([a-z]+)/g)].filter(
			([, name = '']) => !known.includes(name),
		);
		const files = [...text.matchAll(/(?<![\w/])scripts\/[a-z-]+/g)].filter(
			([path]) => !existsSync(join(projectRoot, path)),
		);
		return [...names, ...files].map(([what]) => `${page}: ${what}`);
	});
	expect(problems).toEqual([]);
});

test('every option and subcommand that a text names exists', async () => {
	const problems: string[] = [];
	for (const page of pages)
		for (const [, line = ''] of pageText(page).matchAll(/`(npx slipway [a-z]+ [^`\n]+)`/g))
			for (const words of commandsOf(line)) {
				const problem = await problemOf(words);
				if (problem !== undefined && problem !== argumentIsMissing)
					problems.push(`${page}: ${line}: ${problem}`);
			}
	expect(problems).toEqual([]);
});

async function problemOf(words: readonly string[]): Promise<string | undefined> {
	const [first = '', second = '', ...rest] = words;
	if (others.some((each) => words.join(' ').startsWith(each))) return undefined;
	if (first === 'npx' && second === 'slipway') return await problemOfSlipway(rest);
	const name = scripts[first];
	if (name !== undefined) return await problemOfSlipway([name, ...words.slice(1)]);
	if (first.startsWith('scripts/')) return await problemOfScript(first, words.slice(1));
	return 'neither a command of ours nor one that is listed here';
}

const isGlobal = (word: string) => ['--help', '--version', '--verbose'].includes(word);

async function problemOfSlipway(words: readonly string[]): Promise<string | undefined> {
	const [name = '', ...rest] = words;
	if (isGlobal(name)) return undefined;
	if (!Object.hasOwn(commands, name)) return `there is no command ${name}`;
	const define = await commands[name as CommandName].load();
	const project = {
		root: projectRoot,
		environment: {},
		commandName: (each: string) => `npx slipway ${each}`,
	};
	return problemOfWords(define(project), rest);
}

function problemOfWords(command: Command, words: readonly string[], values = 0): string | undefined {
	const [word, ...rest] = words;
	if (word === undefined) return problemOfCount(command, values);
	if (word === '--') return problemOfCount(command, values + rest.length);
	if (isGlobal(word)) return undefined;
	if (!word.startsWith('-')) {
		const subcommand = command.commands.find((each) => each.name() === word);
		return subcommand === undefined
			? problemOfWords(command, rest, values + 1)
			: problemOfWords(subcommand, rest);
	}
	const option = command.options.find(({ long, short }) => long === word || short === word);
	if (option === undefined) return `there is no option ${word}`;
	return takesValue(option)
		? (problemOfValue(option, rest[0]) ?? problemOfWords(command, rest.slice(1), values))
		: problemOfWords(command, rest, values);
}

const takesValue = ({ required, optional }: Option) => required || optional;

function problemOfValue({ long, argChoices }: Option, value: string | undefined): string | undefined {
	if (value === undefined) return `${long} has no value`;
	return argChoices === undefined || argChoices.includes(value) ? undefined : `${long} cannot be ${value}`;
}

function problemOfCount(command: Command, count: number): string | undefined {
	const { registeredArguments: expected } = command;
	if (command.commands.length > 0) return 'the subcommand does not exist';
	if (count < expected.filter(({ required }) => required).length) return argumentIsMissing;
	if (count > expected.length && !expected.at(-1)?.variadic) return 'there are too many arguments';
	return undefined;
}

/** Of this repository alone; `scripts/test` passes on what is vitest's. */
async function problemOfScript(path: string, words: readonly string[]): Promise<string | undefined> {
	const subcommands = path === 'scripts/test' ? [] : words.filter((word) => !word.startsWith('-'));
	const args = [join(projectRoot, `${path}.ts`), ...subcommands, '--help'];
	const { status, stdout } = await runProcess(process.execPath, args);
	if (status !== 0) return 'it does not exist';
	const usage = [path, ...subcommands].join(' ');
	if (!stdout.startsWith(`Usage: ${usage} `)) return `its --help is not of ${usage}`;
	const missing = words.filter((word) => word.startsWith('--') && !stdout.includes(word));
	return missing.length === 0 ? undefined : `there is no option ${missing.join(', ')}`;
}

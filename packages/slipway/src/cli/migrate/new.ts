import type { Command } from 'commander';
import { createMigration } from '../../database/migrations/index.ts';
import { print } from '../output.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption {
	readonly dryRun?: boolean;
}

export function newCommand(): Command {
	return defineSubcommand('new', 'write an empty migration and print its path')
		.argument('<name...>', 'what it does, in a few words')
		.option('--dry-run', 'print the path without writing the file')
		.action(async (words: readonly string[], { directory, dryRun = false }: Options) =>
			print(await createMigration(directory, words.join(' '), { dryRun })),
		);
}

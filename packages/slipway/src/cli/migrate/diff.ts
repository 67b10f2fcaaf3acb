import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { createMigration } from '../../database/migrations/index.ts';
import { toMigrationText } from '../../database/models/index.ts';
import { suggestInsteadOf } from '../../detection/index.ts';
import { SlipwayError } from '../../errors.ts';
import { diffModels } from '../../shadow.ts';
import { report } from '../output.ts';
import type { Project } from '../project.ts';
import { roleNames } from './login.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption {
	readonly models: string;
	readonly renames: boolean;
	readonly check?: true;
	readonly dryRun?: true;
}

export function diffCommand(project: Project): Command {
	return defineSubcommand(
		'diff',
		'write a migration from the current schema to the one that the models declare',
	)
		.argument('[name...]', 'what the migration does, in a few words')
		.option('--models <path>', 'the folder that contains the models: files named schema.sql, at any depth')
		.option('--no-renames', 'treat nothing as a rename: drop the old table or column and add the new one')
		.option('--check', 'write nothing, and fail if there is a difference')
		.option('--dry-run', 'print the migration instead of writing it')
		.action((words: readonly string[], options: Options) => diff(project, words, options));
}

async function diff(project: Project, words: readonly string[], options: Options): Promise<void> {
	const { directory, check, dryRun } = options;
	const name = words.join(' ');
	if (name === '' && !check && !dryRun) throw noName();
	// Rejects an invalid name before starting servers.
	if (name !== '') await createMigration(directory, name, { dryRun: true });
	const { models, renames } = options;
	const migrations = isFirst(directory) ? false : directory;
	const difference = await diffModels({ migrations, models, renames, roles: await roleNames(project) });
	for (const each of difference.notCompared) report(`not compared, write this by hand: ${each}`);
	if (difference.up.length === 0)
		return report(
			difference.notCompared.length === 0
				? 'nothing to write: the migrations match the models'
				: 'nothing else to write: apart from that, the migrations match the models',
		);
	const text = toMigrationText(difference);
	if (check || dryRun) process.stdout.write(text);
	if (check) throw outOfDate();
	if (dryRun) return;
	const path = await createMigration(directory, name, { text });
	report(`review it before you apply it: ${project.commandName('migrate')} up`);
	process.stdout.write(`${path}\n`);
}

/** Whether the project has no migrations yet, in this folder or for another tool. */
const isFirst = (directory: string) => !existsSync(directory) && suggestInsteadOf(directory) === undefined;

function noName(): SlipwayError {
	return new SlipwayError(
		'no-migration-name',
		'the migration has no name',
		'Describe in a few words what it does: npx slipway migrate diff "add note to counter"',
	);
}

function outOfDate(): SlipwayError {
	return new SlipwayError(
		'models-ahead',
		'the migrations do not match the models; the migration printed above is missing',
		'Write it: npx slipway migrate diff NAME. Or undo the change to the models.',
	);
}

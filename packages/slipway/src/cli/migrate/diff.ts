import type { Command } from 'commander';
import { createMigration } from '../../database/migrations/index.ts';
import { toMigrationText } from '../../database/models/index.ts';
import { SlipwayError } from '../../errors.ts';
import { diffModels } from '../../shadow.ts';
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
	return defineSubcommand('diff', 'write the migration from what there is to what the models declare')
		.argument('[name...]', 'what the migration does, in a few words')
		.option('--models <path>', 'below which the models are: files named schema.sql')
		.option('--no-renames', 'never read what went and what came as a rename')
		.option('--check', 'write nothing, and fail when there is a difference')
		.option('--dry-run', 'print the migration instead of writing it')
		.action((words: readonly string[], options: Options) => diff(project, words, options));
}

async function diff(project: Project, words: readonly string[], options: Options): Promise<void> {
	const { directory: migrations, check, dryRun } = options;
	const name = words.join(' ');
	if (name === '' && !check && !dryRun) throw noName();
	// Refuses a wrong name before the servers are started.
	if (name !== '') await createMigration(migrations, name, { dryRun: true });
	const { models, renames } = options;
	const difference = await diffModels({ migrations, models, renames, roles: await roleNames(project) });
	for (const each of difference.notCompared) tell(`not compared, write it by hand: ${each}`);
	if (difference.up.length === 0)
		return tell(
			difference.notCompared.length === 0
				? 'nothing to write: the migrations make what the models declare'
				: 'nothing else to write: but for that, the migrations make what the models declare',
		);
	const text = toMigrationText(difference);
	if (check || dryRun) process.stdout.write(text);
	if (check) throw behind();
	if (dryRun) return;
	const path = await createMigration(migrations, name, { text });
	tell('read it before you apply it (scripts/migrate up)');
	process.stdout.write(`${path}\n`);
}

function noName(): SlipwayError {
	return new SlipwayError(
		'no-migration-name',
		'the migration has no name',
		'Say in a few words what it does: scripts/migrate diff "add note to counter".',
	);
}

function behind(): SlipwayError {
	return new SlipwayError(
		'models-ahead',
		'the migrations do not make what the models declare; what is printed above would',
		'Write the migration: scripts/migrate diff NAME. Or take the change of the models back.',
	);
}

function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}

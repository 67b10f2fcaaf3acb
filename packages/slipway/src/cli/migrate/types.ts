import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { writeRowTypes } from '../../database/row-types/index.ts';
import { SlipwayError } from '../../errors.ts';
import { startPostgres } from '../../start-postgres.ts';
import { print, report } from '../output.ts';
import type { Project } from '../project.ts';
import { roleNames } from './login.ts';
import { defineSubcommand } from './subcommand.ts';

interface Options {
	/** Undefined if the project's migrations are not in a folder of their own. */
	readonly directory?: string;
	readonly output: string;
	readonly check?: true;
}

export function typesCommand(project: Project): Command {
	return defineSubcommand(
		'types',
		'write TypeScript types for the rows of the tables that the migrations create',
	)
		.option('--output <path>', 'the file to write')
		.option('--check', 'write nothing, and fail if the file is out of date')
		.action((options: Options) => types(project, options));
}

async function types(project: Project, { directory, output, check }: Options): Promise<void> {
	await using server = await startPostgres({
		...(directory !== undefined && { migrations: directory }),
		roles: await roleNames(project),
	});
	const text = format(project.root, await writeRowTypes(server.migrator));
	const isCurrent = text === (await readFile(output, 'utf8').catch(() => undefined));
	if (isCurrent) return report(`${output} is up to date`);
	if (check) throw outOfDate(output);
	await writeFile(output, text).catch((cause: Error) => {
		throw notWritten(output, cause);
	});
	print(output);
}

/** As the project's Biome formats it. A project without Biome gets the text as it is. */
function format(root: string, text: string): string {
	const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
	if (!existsSync(biome)) return text;
	// In this process's own folder, to which NODE_OPTIONS may be relative.
	const args = [biome, 'format', `--config-path=${root}`, `--stdin-file-path=${join(root, 'rows.ts')}`];
	const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
		input: text,
		encoding: 'utf8',
	});
	if (status === 0) return stdout;
	throw new SlipwayError(
		'not-formatted',
		`Biome could not format the row types: ${error?.message ?? stderr.trim()}`,
		'Fix what Biome reports. Its settings are in biome.json.',
		{ cause: error },
	);
}

function notWritten(output: string, cause: Error): SlipwayError {
	return new SlipwayError(
		'row-types-not-written',
		`the row types cannot be written to ${output}: ${cause.message}`,
		'Pass a file that you may write to: --output PATH.',
		{ cause },
	);
}

function outOfDate(output: string): SlipwayError {
	return new SlipwayError(
		'row-types-behind',
		`${output} is out of date with the migrations`,
		'Regenerate it: npx slipway migrate types',
	);
}

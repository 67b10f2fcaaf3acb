import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { writeRowTypes } from '../../database/row-types/index.ts';
import { SlipwayError } from '../../errors.ts';
import { startPostgres } from '../../start-postgres.ts';
import type { Project } from '../project.ts';
import { roleNames } from './login.ts';
import { type DirectoryOption, defineSubcommand } from './subcommand.ts';

interface Options extends DirectoryOption {
	readonly output: string;
	readonly check?: true;
}

export function typesCommand(project: Project): Command {
	return defineSubcommand('types', 'write TypeScript for the rows of the tables that the migrations make')
		.option('--output <path>', 'the file to write')
		.option('--check', 'write nothing, and fail when the file is not what would be written')
		.action((options: Options) => types(project, options));
}

async function types(project: Project, { directory, output, check }: Options): Promise<void> {
	const { root } = project;
	const biome = findBiome(root);
	await using server = await startPostgres({ migrations: directory, roles: await roleNames(project) });
	const text = format(biome, root, await writeRowTypes(server.migrator));
	const isCurrent = text === (await readFile(output, 'utf8').catch(() => undefined));
	if (isCurrent) return void process.stderr.write(`${output} is current\n`);
	if (check) throw behind(output);
	await writeFile(output, text).catch((cause: Error) => {
		throw notWritten(output, cause);
	});
	process.stdout.write(`${output}\n`);
}

/** The formatter that checks the file. */
function findBiome(root: string): string {
	const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
	if (existsSync(biome)) return biome;
	throw new SlipwayError(
		'no-formatter',
		'Biome, which formats the row types, is not installed',
		'Run this in a checkout with the packages of development: npm ci. The image of the service has none.',
	);
}

function format(biome: string, root: string, text: string): string {
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
		'Mend what Biome names; biome.json has its settings.',
		{ cause: error },
	);
}

function notWritten(output: string, cause: Error): SlipwayError {
	return new SlipwayError(
		'row-types-not-written',
		`the row types cannot be written to ${output}: ${cause.message}`,
		'Name a file that can be written: --output PATH.',
		{ cause },
	);
}

function behind(output: string): SlipwayError {
	return new SlipwayError(
		'row-types-behind',
		`${output} is not what the migrations make`,
		'Write it anew: scripts/migrate types.',
	);
}

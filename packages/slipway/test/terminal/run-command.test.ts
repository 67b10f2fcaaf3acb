import { expect, test } from 'vitest';
import { runProcess, startModule, toolRoot } from '../helpers/child-process.ts';

/** A command that prints `line 1`, `line 2` … until it is stopped, after running `setUp`. */
const printsForEver = (setUp = '') => `
	import { defineCommand, runCommand } from './src/terminal/index.ts';
	${setUp}
	await runCommand(defineCommand('lines', 'prints').action(async () => {
		let printing = true;
		process.once('SIGTERM', () => { printing = false; });
		for (let line = 1; printing; line++) {
			process.stdout.write('line ' + line + '\\n');
			await new Promise((resolve) => setTimeout(resolve, 1));
		}
	}), []);`;

/** A command that runs `body`. */
const command = (body: string) => `
	import { defineCommand, runCommand } from './src/terminal/index.ts';
	import { SlipwayError } from './src/errors.ts';
	await runCommand(defineCommand('own', 'does one thing').action(async () => { ${body} }), process.argv.slice(1));`;

test('exits with 0 on success, 1 on failure and 2 for wrong arguments', async () => {
	expect(await startModule(command('')).finished).toEqual({ status: 0, stdout: '', stderr: '' });
	expect(await startModule(command("throw new SlipwayError('x', 'no', 'Fix it.')")).finished).toEqual({
		status: 1,
		stdout: '',
		stderr: 'error: no\n  Fix it.\n',
	});
	expect(await startModule(command(''), ['more']).finished).toEqual({
		status: 2,
		stdout: '',
		stderr: expect.stringMatching(/^error: too many arguments.*\n {2}Run with --help for usage\.\n$/),
	});
});

test('--help exits with 0, and --verbose adds the stack trace of a failure', async () => {
	const failing = command("throw new SlipwayError('x', 'no', 'Fix it.')");
	const help = await startModule(failing, ['--help']).finished;
	expect(help).toMatchObject({ status: 0, stderr: '' });
	expect(help.stdout).toMatch(/^Usage: own .*\n\ndoes one thing\n/);
	expect((await startModule(failing, ['--verbose']).finished).stderr).toMatch(/no\n {4}at /);
});

test.each(['stdout', 'stderr'] as const)('exits quietly when its %s is closed', async (closed) => {
	const source = printsForEver().replace('process.stdout.write', `process.${closed}.write`);
	const { child, printed, finished } = startModule(source);
	await printed('line 2');
	child[closed]?.destroy();
	const { status, stdout, stderr } = await finished;
	expect(status).toBe('SIGHUP');
	expect(`${stdout}${stderr}`).not.toMatch(/EPIPE|error/i);
});

test('shuts down in its own way, if it has one, when its output is closed', async () => {
	const setUp = `process.once('SIGHUP', () => process.emit('SIGTERM'));
		process.once('exit', () => process.stderr.write('shut down'));`;
	const { child, printed, finished } = startModule(printsForEver(setUp));
	await printed('line 2');
	child.stdout?.destroy();
	expect(await finished).toMatchObject({ status: 0, stderr: 'shut down' });
});

test('reports that a full disk lost its output', async () => {
	const shell = ['-c', 'exec "$0" --input-type=module-typescript -e "$1" >/dev/full'];
	const source = command("process.stdout.write('much')");
	expect(await runProcess('sh', [...shell, process.execPath, source], { cwd: toolRoot })).toMatchObject({
		status: 1,
		stderr: expect.stringMatching(
			/^error: the output could not be written: ENOSPC.*\n {2}Free some space.*\n$/,
		),
	});
});

import { expect, test } from 'vitest';
import { runProcess, startModule, toolRoot } from '../helpers/child-process.ts';

/** A command that prints `line 1`, `line 2` … for as long as it lives, and does `setUp` before. */
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

/** A command that fails, or does what `body` says. */
const command = (body: string) => `
	import { defineCommand, runCommand } from './src/terminal/index.ts';
	import { SlipwayError } from './src/errors.ts';
	await runCommand(defineCommand('own', 'does one thing').action(async () => { ${body} }), process.argv.slice(1));`;

test('exits with 0 when all was done, 1 when it failed, and 2 when the arguments are wrong', async () => {
	expect(await startModule(command('')).finished).toEqual({ status: 0, stdout: '', stderr: '' });
	expect(await startModule(command("throw new SlipwayError('x', 'no', 'Mend.')")).finished).toEqual({
		status: 1,
		stdout: '',
		stderr: 'error: no\n  Mend.\n',
	});
	expect(await startModule(command(''), ['more']).finished).toEqual({
		status: 2,
		stdout: '',
		stderr: expect.stringMatching(/^error: too many arguments.*\n {2}--help lists what there is\.\n$/),
	});
});

test('--help is no failure, and --verbose adds where a failure comes from', async () => {
	const failing = command("throw new SlipwayError('x', 'no', 'Mend.')");
	const help = await startModule(failing, ['--help']).finished;
	expect(help).toMatchObject({ status: 0, stderr: '' });
	expect(help.stdout).toMatch(/^Usage: own .*\n\ndoes one thing\n/);
	expect((await startModule(failing, ['--verbose']).finished).stderr).toMatch(/no\n {4}at /);
});

test.each(['stdout', 'stderr'] as const)('ends quietly when nobody reads its %s any more', async (closed) => {
	const source = printsForEver().replace('process.stdout.write', `process.${closed}.write`);
	const { child, printed, finished } = startModule(source);
	await printed('line 2');
	child[closed]?.destroy();
	const { status, stdout, stderr } = await finished;
	expect(status).toBe('SIGHUP');
	expect(`${stdout}${stderr}`).not.toMatch(/EPIPE|error/i);
});

test('ends in good order, without a reader, where it has a way to', async () => {
	const setUp = `process.once('SIGHUP', () => process.emit('SIGTERM'));
		process.once('exit', () => process.stderr.write('ended in good order'));`;
	const { child, printed, finished } = startModule(printsForEver(setUp));
	await printed('line 2');
	child.stdout?.destroy();
	expect(await finished).toMatchObject({ status: 0, stderr: 'ended in good order' });
});

test('says that a full disk lost its output', async () => {
	const shell = ['-c', 'exec "$0" --input-type=module-typescript -e "$1" >/dev/full'];
	const source = command("process.stdout.write('much')");
	expect(await runProcess('sh', [...shell, process.execPath, source], { cwd: toolRoot })).toMatchObject({
		status: 1,
		stderr: expect.stringMatching(/^error: the output is lost: ENOSPC.*\n {2}Send it elsewhere.*\n$/),
	});
});

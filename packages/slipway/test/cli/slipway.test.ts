import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toolRoot } from '../helpers/child-process.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';
import { makeProject, slipway } from './project.ts';

const names = [
	...[
		'dev',
		'run',
		'up',
		'down',
		'ps',
		'url',
		'env',
		'psql',
		'studio',
		'bootstrap',
		'secrets',
		'migrate',
		'seed',
		'db',
		'doctor',
		'clean',
	],
	...['completion', 'preflight'],
];

describe('the command slipway', () => {
	test('lists its commands, outside of a project too', async () => {
		const { status, stdout } = await slipway(temporaryDirectory(), ['--help']);
		expect(status).toBe(0);
		for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
	});

	test('has the version of its package', async () => {
		const { version } = JSON.parse(readFileSync(join(toolRoot, 'package.json'), 'utf8'));
		expect((await slipway(temporaryDirectory(), ['--version'])).stdout).toBe(`${version}\n`);
	});

	test.each(names)('explains %s without a project', async (name) => {
		const { status, stdout } = await slipway(temporaryDirectory(), [name, '--help']);
		expect(status).toBe(0);
		expect(stdout).toMatch(new RegExp(`^Usage: slipway ${name} `));
		expect(stdout).toContain('--verbose');
	});

	test.each(['dev', 'run', 'up', 'down', 'ps', 'url', 'env', 'psql', 'bootstrap', 'seed', 'doctor', 'clean'])(
		'%s says what is missing outside of a project',
		async (name) => {
			const args = name === 'run' ? ['run', '--', 'true'] : [name];
			expect(await slipway(temporaryDirectory(), args)).toMatchObject({
				status: name === 'run' ? 0 : 1,
				stderr: name === 'run' ? '' : expect.stringContaining('is not in a project'),
			});
		},
	);

	test('refuses a command that does not exist, with the nearest one', async () => {
		expect(await slipway(temporaryDirectory(), ['migrat'])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining('Did you mean migrate?'),
		});
	});

	test.each([['before'], ['after']])('works in another folder with --cwd %s the command', async (place) => {
		const project = makeProject();
		const args = place === 'before' ? ['--cwd', project, 'ps'] : ['ps', `--cwd=${project}`];
		expect(await slipway(temporaryDirectory(), args)).toMatchObject({
			status: 0,
			stderr: 'no dev server is running\n',
		});
	});

	test('names a folder of --cwd that does not exist', async () => {
		expect(await slipway(temporaryDirectory(), ['ps', '--cwd', 'nowhere'])).toMatchObject({
			status: 2,
			stderr: 'error: --cwd "nowhere": there is no such folder\n  Pass the folder of your project.\n',
		});
	});

	test.each([
		['pnpm-lock.yaml', 'pnpm exec slipway'],
		['yarn.lock', 'yarn slipway'],
		['bun.lock', 'bunx slipway'],
		['package-lock.json', 'npx slipway'],
	])('names commands as a project with %s runs them', async (lockfile, form) => {
		const project = makeProject({ [lockfile]: '' });
		expect((await slipway(project, ['url'])).stderr).toContain(`${form} up`);
	});
});

describe('slipway completion', () => {
	test('completes commands, subcommands and options in bash', async () => {
		const folder = temporaryDirectory();
		const { stdout } = await slipway(folder, ['completion', 'bash']);
		writeFileSync(join(folder, 'completion.bash'), stdout);
		const complete = (...words: string[]) =>
			spawnSync('bash', [
				'-c',
				`source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _slipway; echo "\${COMPREPLY[*]}"`,
				'bash',
				join(folder, 'completion.bash'),
				...words,
			])
				.stdout.toString()
				.trim();
		expect(complete('slipway', 'mig')).toBe('migrate');
		expect(complete('slipway', 'migrate', 'st')).toBe('status stamp');
		expect(complete('slipway', 'migrate', 'up', '--lock')).toBe('--lock-timeout --lock-retries');
		expect(complete('slipway', 'run', '--a')).toBe('--as');
	});

	test.each(['zsh', 'fish'])('prints a script for %s', async (shell) => {
		const { status, stdout } = await slipway(temporaryDirectory(), ['completion', shell]);
		expect(status).toBe(0);
		expect(stdout).toContain('bootstrap');
	});
});

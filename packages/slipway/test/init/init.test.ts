import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main, slipway } from '../cli/project.ts';
import { folderWith } from '../helpers/project-files.ts';
import { startOnTerminal } from '../helpers/terminal.ts';
import { filesOf, projectWithPackages, runNode } from './project.ts';

const dbmate = '-- migrate:up\nCREATE TABLE note (id int);\n-- migrate:down\nDROP TABLE note;\n';

const ofVitest = {
	'package.json': JSON.stringify({
		name: 'notes',
		scripts: { dev: 'tsx watch src/main.ts', test: 'vitest run' },
		dependencies: { pg: '^8.0.0' },
		devDependencies: { slipway: '*', typescript: '*', vitest: '^5.0.0' },
	}),
	'compose.yaml': 'services:\n  db:\n    image: postgres:17-alpine\n',
	'db/migrations/20260101000000_note.sql': dbmate,
	'src/pool.ts':
		'import pg from "pg"\n\nexport const pool = new pg.Pool({\n  connectionString: process.env.POSTGRES_URL,\n})\n\nexport const size = "a"\nexport const other = "b"\nexport const last = "c"\nexport const more = "d"\n',
	'vitest.config.mts':
		'import { defineConfig } from "vitest/config"\n\nexport default defineConfig({\n  test: { globals: true },\n})\n',
};

const ofNode = {
	'package.json': JSON.stringify({
		scripts: { test: 'node --test' },
		dependencies: { pg: '^8.0.0' },
		devDependencies: { slipway: '*' },
	}),
	'schema.sql': 'CREATE TABLE note (id int);',
	'src/pool.js': "const { Pool } = require('pg');\nmodule.exports = new Pool();\n",
};

describe('slipway init --yes', () => {
	test('sets vitest up for TypeScript, with a test that passes', async () => {
		const project = projectWithPackages(ofVitest);
		const { status, stdout, stderr } = await slipway(project, ['init', '--yes']);
		expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
		expect(stdout).toMatch(
			/migrations +dbmate.*\n +client +pg\n +tests +vitest 5.*\n +dev command +npm run dev\n/,
		);
		expect(filesOf(project)).toMatchObject({
			'slipway.config.ts': `import { defineConfig } from "slipway/config"

export default defineConfig({
  migrations: { sql: "db/migrations/*.sql" },
  postgres: { version: 17 },
  dev: { command: "POSTGRES_URL=$DATABASE_URL npm run dev" },
})
`,
			'vitest.config.mts': expect.stringContaining('\n  plugins: [slipway({ url: "POSTGRES_URL" })],\n'),
			'test/database.test.ts': expect.stringContaining(
				'new pg.Pool({ connectionString: process.env.POSTGRES_URL })',
			),
		});
		// The binaries of this checkout are those of the current version.
		const config = filesOf(project)['slipway.config.ts'] ?? '';
		writeFileSync(join(project, 'slipway.config.ts'), config.replace(/.*version: 17.*\n/, ''));
		const run = await runNode(project, 'node_modules/vitest/vitest.mjs', 'run', '--no-color');
		expect(run.stdout, run.stderr).toMatch(/Tests +1 passed/);
	});

	test('sets node:test up for CommonJS, with a test that passes', async () => {
		const project = projectWithPackages(ofNode);
		const { stdout } = await slipway(project, ['init', '--yes']);
		expect(stdout).toContain(
			'In package.json, let the script "test" be: node --import slipway/register --test\n',
		);
		const run = await runNode(project, '--import', 'slipway/register', '--test');
		expect(run.stdout, run.stderr).toMatch(/pass 1\n[\s\S]*fail 0\n/);
	});

	test('changes nothing the second time, and --undo takes everything back', async () => {
		const project = projectWithPackages(ofVitest);
		await slipway(project, ['init', '--yes', '--with', 'docker,ci,devcontainer']);
		const written = filesOf(project);
		const second = await slipway(project, ['init', '--yes', '--with', 'docker,ci,devcontainer']);
		expect(second.stdout).toContain('There is nothing to write.');
		expect(filesOf(project)).toEqual(written);
		const undone = await slipway(project, ['init', '--undo']);
		expect(undone.stdout).toContain('restored vitest.config.mts\n');
		expect(filesOf(project)).toEqual(ofVitest);
		expect(existsSync(join(project, '.github'))).toBe(false);
		expect(existsSync(join(project, '.slipway'))).toBe(false);
		expect((await slipway(project, ['init', '--undo'])).stdout).toBe('nothing to undo\n');
	});
});

test('--undo keeps what was changed since, and says so', async () => {
	const project = folderWith(ofVitest);
	await slipway(project, ['init', '--yes']);
	appendFileSync(join(project, 'vitest.config.mts'), '// mine\n');
	rmSync(join(project, 'test'), { recursive: true });
	const { stdout } = await slipway(project, ['init', '--undo']);
	expect(stdout).toBe('removed slipway.config.ts\nkept vitest.config.mts, which was changed since\n');
	expect(filesOf(project)).toEqual({
		...ofVitest,
		'vitest.config.mts': expect.stringMatching(/slipway\/vitest\/plugin[\s\S]*\/\/ mine\n$/),
	});
});

test('--dry-run shows the text of every file, and writes none', async () => {
	const project = folderWith(ofNode);
	const { status, stdout } = await slipway(project, ['init', '--dry-run', '--with', 'compose,docker']);
	expect(status).toBe(0);
	for (const line of [
		"| 	migrations: { sql: 'schema.sql' },",
		'| FROM node:24-slim AS base',
		'|     image: postgres:18',
	])
		expect(stdout).toContain(line);
	expect(filesOf(project)).toEqual(ofNode);
});

test('without a terminal, the plan is shown and --yes asked for', async () => {
	const project = folderWith(ofNode);
	const { status, stdout, stderr } = await slipway(project, ['init']);
	expect({ status, stderr }).toEqual({
		status: 1,
		stderr: expect.stringContaining('Pass --yes to confirm.'),
	});
	expect(stdout).toContain('new  slipway.config.mjs: configuration');
	expect(filesOf(project)).toEqual(ofNode);
});

test('on a terminal, it asks what to add and whether to write', async () => {
	const project = folderWith(ofNode);
	const env = { XDG_STATE_HOME: join(project, '.state') };
	const { child, printed, finished } = startOnTerminal(process.execPath, [main, 'init'], {
		cwd: project,
		env,
	});
	await printed('Enter for none');
	child.stdin?.write('ci\r');
	await printed(/\[Y\/n\]/);
	child.stdin?.write('\r');
	expect(await finished).toMatchObject({ status: 0 });
	expect(Object.keys(filesOf(project))).toContain('.github/workflows/test.yml');
});

test('a file that exists stays as it is', async () => {
	const files = { ...ofNode, 'slipway.config.mjs': 'export default {};\n', Dockerfile: 'FROM scratch\n' };
	const project = folderWith(files);
	const { stdout } = await slipway(project, ['init', '--yes', '--with', 'docker']);
	expect(stdout).toContain('Left as they are: Dockerfile');
	expect(stdout).toContain(
		"slipway.config.mjs names no migrations. Found (plain SQL): migrations: { sql: 'schema.sql' }",
	);
	expect(filesOf(project)).toMatchObject(files);
});

test('a name that --with does not have is refused with those that it has', async () => {
	const { status, stderr } = await slipway(folderWith(ofNode), ['init', '--with', 'kubernetes']);
	expect({ status, stderr }).toEqual({
		status: 2,
		stderr: expect.stringContaining('Choose from compose, docker, devcontainer, ci, branches.'),
	});
});

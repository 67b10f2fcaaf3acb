import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { detectProject } from '../../src/detection/index.ts';
import { type Extra, makePlan } from '../../src/init/index.ts';
import { manifest } from '../detection/manifest.ts';
import { runProcess } from '../helpers/child-process.ts';
import { describeWithEngineHere } from '../helpers/engine-here.ts';
import { folderWith } from '../helpers/project-files.ts';

const scripts = {
	dev: 'node --watch src/main.js',
	start: 'node src/main.js',
	test: 'vitest run',
	build: 'tsc',
};

function planFor(files: Readonly<Record<string, string>>, extras: readonly Extra[]) {
	const root = folderWith({ 'package.json': manifest(['slipway', 'pg', 'vitest'], { scripts }), ...files });
	const { changes, notes } = makePlan({ project: detectProject(root), extras, runsTypeScript: true });
	const texts = Object.fromEntries(changes.map(({ path, after }) => [path, after]));
	return { root, texts, notes };
}

describe('a Dockerfile installs and starts with the project’s package manager', () => {
	test.each([
		[
			'npm',
			{ 'package-lock.json': '{}' },
			['COPY package.json package-lock.json ./', 'RUN npm ci', 'RUN npm prune --omit=dev'],
		],
		[
			'pnpm',
			{ 'pnpm-lock.yaml': '' },
			['RUN npm install --global pnpm', 'RUN pnpm install --frozen-lockfile', 'RUN pnpm run build'],
		],
		['yarn', { 'yarn.lock': '' }, ['RUN yarn install --frozen-lockfile', 'RUN yarn run build']],
		['bun', { 'bun.lock': '' }, ['RUN npm install --global bun', 'RUN bun install --frozen-lockfile']],
	])('%s', (_, files, lines) => {
		const { texts } = planFor({ ...files, '.nvmrc': 'v22.14.0\n' }, ['docker']);
		const dockerfile = texts.Dockerfile?.split('\n');
		expect(dockerfile).toEqual(
			expect.arrayContaining(['FROM node:22-slim AS base', ...lines, 'CMD ["node", "src/main.js"]']),
		);
	});
});

test.each([
	['POSTGRES_URL', 'POSTGRES_URL=$DATABASE_URL'],
	['DB_HOST', 'DB_HOST=$PGHOST'],
])(
	'a program that reads %s gets the login under that name, in its tests and from dev',
	(name, assignment) => {
		const { texts, notes } = planFor(
			{
				'package.json': manifest(['slipway', 'pg'], { scripts: { dev: 'node src/main.js' } }),
				'src/main.js': `connect(process.env.${name});`,
			},
			[],
		);
		expect(texts['slipway.config.mjs']).toContain(`dev: { command: '${assignment} npm run dev' },`);
		expect(notes.join('\n')).toContain(`be: slipway run -- sh -c '${assignment} node --test'`);
	},
);

test('a workflow keeps the snapshots under a key of what they are made from', () => {
	const { texts } = planFor({ 'pnpm-lock.yaml': '', 'db/migrations/1.sql': '-- migrate:up\n' }, ['ci']);
	const workflow = texts['.github/workflows/test.yml'];
	expect(workflow).toContain("hashFiles('pnpm-lock.yaml', 'db/migrations/*.sql')");
	expect(workflow).toMatch(
		/pnpm\/action-setup@v4[\s\S]*cache: pnpm\n[\s\S]*pnpm install --frozen-lockfile\n[\s\S]*- run: pnpm run test\n/,
	);
});

test('an image or an extension that PostgreSQL does not have makes the servers containers', () => {
	const { texts } = planFor(
		{ 'docker-compose.yml': 'services:\n  db:\n    image: "pgvector/pgvector:pg16"\n' },
		[],
	);
	expect(texts['slipway.config.mjs']).toContain(
		"postgres: { provider: 'container', image: 'pgvector/pgvector:pg16' },",
	);
	const needed = planFor(
		{ 'migrations/1_a.sql': 'CREATE EXTENSION IF NOT EXISTS vector; CREATE TABLE a (b vector(3));' },
		[],
	);
	expect(needed.texts['slipway.config.mjs']).toMatch(
		/extensions: \['vector'\],\n.*image: 'pgvector\/pgvector:pg18'/,
	);
});

test('a version that Slipway does not start is replaced by the nearest, with a note', () => {
	const { texts, notes } = planFor({ 'compose.yaml': 'services:\n  db:\n    image: postgres:13\n' }, []);
	expect(texts['slipway.config.mjs']).toContain('postgres: { version: 15 },');
	expect(notes).toContain('compose.yaml pins PostgreSQL 13. Slipway starts 15 to 18: it will use 15.');
});

test('a package of a workspace gets no files that belong to the repository', () => {
	const root = folderWith({
		'package.json': '{ "workspaces": ["packages/*"] }',
		'packages/api/package.json': manifest(['slipway', 'pg']),
	});
	const project = detectProject(join(root, 'packages/api'));
	const { changes } = makePlan({ project, extras: ['ci', 'docker', 'devcontainer'], runsTypeScript: true });
	expect(changes.map(({ path }) => path)).toEqual(['slipway.config.mjs', 'test/database.test.js']);
});

test('a database for each git branch is a field of the configuration, or a note where that exists', () => {
	expect(planFor({}, ['branches']).texts['slipway.config.mjs']).toContain(
		"dev: { command: 'npm run dev', branches: true }",
	);
	const { notes } = planFor({ 'slipway.config.mjs': 'export default {};' }, ['branches']);
	expect(notes).toContain(
		'For a database for each git branch, add to slipway.config.mjs: dev: { branches: true }',
	);
});

test.each([
	['slipway dev', 'dev, --postgres, external]'],
	[
		'slipway dev --seed -- node src/main.ts',
		'dev, --postgres, external, "--seed", "--", "node", "src/main.ts"]',
	],
])('a service that a script starts with %s is in the Compose file', (dev, command) => {
	const { texts } = planFor({ 'package.json': manifest(['slipway', 'pg'], { scripts: { dev } }) }, [
		'compose',
		'docker',
	]);
	expect(texts['compose.yaml']).toContain(`command: [node_modules/.bin/slipway, ${command}\n`);
});

test('the service in the Compose file has one database for all branches, without git', () => {
	const { texts } = planFor({}, ['compose', 'docker', 'branches']);
	expect(texts['compose.yaml']).toContain('      SLIPWAY_BRANCHES: "false"\n    ports:');
	expect(planFor({}, ['compose', 'docker']).texts['compose.yaml']).not.toContain('SLIPWAY_BRANCHES');
});

test('a project whose tests use the fixtures gets no first test', () => {
	const { texts } = planFor({ 'test/note.test.js': "import { test } from 'slipway/vitest';" }, []);
	expect(Object.keys(texts)).toEqual(['slipway.config.mjs', 'vitest.config.mjs']);
});

describeWithEngineHere('a Compose file', () => {
	test.each([
		['with the service', ['compose', 'docker'], ['app', 'db']],
		['with the database alone', ['compose'], ['db']],
	] as const)('is valid %s', async (_, extras, services) => {
		const { root, texts } = planFor({ 'migrations/1.sql': 'CREATE TABLE a (b int);' }, extras);
		for (const [path, text] of Object.entries(texts))
			if (!path.includes('/')) writeFileSync(join(root, path), text);
		const { status, stdout, stderr } = await runProcess('docker', ['compose', 'config', '--services'], {
			cwd: root,
		});
		expect({ status, services: stdout.trim().split('\n').toSorted() }, stderr).toEqual({
			status: 0,
			services,
		});
	});
});

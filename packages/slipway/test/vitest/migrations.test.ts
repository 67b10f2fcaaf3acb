import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject, runVitest, usePackage } from './project.ts';

usePackage();

const table = (name: string) =>
	`-- Up Migration\nCREATE TABLE ${name} (id int);\n-- Down Migration\nDROP TABLE ${name};\n`;

const lists = (fixture: string, tables: readonly string[]) => `
	import { expect } from 'vitest';
	import { ${fixture} as test } from 'slipway/vitest';
	test('has the tables', async ({ sql }) => {
		const rows = await sql\`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1\`;
		expect(rows.map(({ relname }) => relname)).toEqual(${JSON.stringify(tables)});
	});`;

const workspace = (projects: string, options = '') => `
	import { defineConfig } from 'vitest/config';
	import { slipway } from 'slipway/vitest/plugin';
	export default defineConfig({
		plugins: [slipway({ snapshots: false, ${options} })],
		test: { maxWorkers: 2, projects: ${projects} },
	});`;

const packages = {
	'packages/a/package.json': '{ "name": "a", "type": "module" }',
	'packages/a/migrations/1_a.sql': table('a'),
	'packages/a/a.test.ts': lists('databaseTest', ['a']),
	'packages/b/package.json': '{ "name": "b", "type": "module" }',
	'packages/b/migrations/1_b.sql': table('b'),
	'packages/b/b.test.ts': lists('transactionTest', ['b']),
	'packages/c/package.json': '{ "name": "c", "type": "module" }',
	'packages/c/c.test.ts': lists('databaseTest', ['note', 'page']),
};

test.each([
	['are folders', "['packages/*']"],
	['are inline', "['a', 'b', 'c'].map((name) => ({ test: { name, root: 'packages/' + name } }))"],
	[
		'extend its configuration',
		"['a', 'b'].map((name) => ({ extends: true, test: { name, root: 'packages/' + name } })).concat(['packages/c'])",
	],
])(
	'with the plugin in a workspace whose projects %s, each project uses its own migrations',
	async (_, projects) => {
		const project = makeProject({ ...packages, 'vitest.config.ts': workspace(projects) });
		const { status, stdout, stderr } = await runVitest(project);
		expect(`${stdout}\n${stderr}`).toMatch(/Tests +3 passed/);
		expect(`${stdout}\n${stderr}`).not.toContain('no migrations');
		expect(status).toBe(0);
	},
);

test('relative paths in the options of a workspace’s plugin start at the workspace', async () => {
	const project = makeProject({
		...packages,
		'database/1_d.sql': table('d'),
		...Object.fromEntries(
			['a', 'b', 'c'].map((name) => [`packages/${name}/${name}.test.ts`, lists('databaseTest', ['d'])]),
		),
		'vitest.config.ts': workspace("['packages/*']", "migrations: 'database'"),
	});
	const { stdout, stderr } = await runVitest(project);
	expect(`${stdout}\n${stderr}`).toMatch(/Tests +3 passed/);
});

test('a plugin that finds no migrations warns once', async () => {
	const project = makeProject({
		'vitest.config.ts': `
			import { defineConfig } from 'vitest/config';
			import { slipway } from 'slipway/vitest/plugin';
			export default defineConfig({
				plugins: [slipway({ snapshots: false, migrations: 'database' })],
				test: { maxWorkers: 2 },
			});`,
		'database/.gitkeep': '',
		'a.test.ts': lists('databaseTest', []),
		'b.test.ts': lists('databaseTest', []),
	});
	const { status, stdout, stderr } = await runVitest(project);
	expect(status).toBe(0);
	expect(`${stdout}\n${stderr}`.split('slipway: no migrations applied').slice(1)).toEqual([
		expect.stringMatching(/^: none found in \S+\/database\.\n.*slipway\(\{ migrations: 'path' \}\)/),
	]);
});

test('a folder of Prisma migrations fails the tests instead of giving them an empty database', async () => {
	const project = makeProject({
		'migrations/20240101000000_init/migration.sql': 'CREATE TABLE a (id int);',
		'a.test.ts': lists('databaseTest', []),
	});
	const { status, stdout, stderr } = await runVitest(project);
	expect(status).toBe(1);
	expect(`${stdout}\n${stderr}`).toContain(
		'20240101000000_init/: it would never run, but contains migration.sql',
	);
});

test('migrations of another tool that nothing names fail the tests, with the line to write', async () => {
	const project = makeProject({
		'prisma/schema.prisma': 'datasource db { provider = "postgresql" }',
		'prisma/migrations/1_init/migration.sql': 'CREATE TABLE a (id int);',
		'a.test.ts': lists('databaseTest', []),
	});
	rmSync(join(project, 'migrations'), { recursive: true });
	const { status, stdout, stderr } = await runVitest(project);
	expect(status).toBe(1);
	expect(`${stdout}\n${stderr}`).toContain("migrations: { sql: 'prisma/migrations/*/migration.sql' }");
});

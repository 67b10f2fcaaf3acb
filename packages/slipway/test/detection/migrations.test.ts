import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { suggestForFolder, suggestMigrations } from '../../src/detection/index.ts';
import { folderWith } from '../helpers/project-files.ts';
import { manifest } from './manifest.ts';

const table = 'CREATE TABLE note (id int);';

interface Tree {
	readonly tool: string;
	readonly of: string;
	readonly files: Readonly<Record<string, string>>;
	readonly line: string;
}

const trees: readonly Tree[] = [
	{
		tool: 'Drizzle',
		of: 'flat files in the default folder',
		files: {
			'package.json': manifest(['drizzle-orm', 'drizzle-kit']),
			'drizzle.config.ts':
				"export default defineConfig({ dialect: 'postgresql', schema: './src/schema.ts' });",
			'drizzle/0000_red.sql': table,
			'drizzle/meta/_journal.json': '{}',
		},
		line: "migrations: { sql: 'drizzle/*.sql' }",
	},
	{
		tool: 'Drizzle',
		of: 'a folder for each migration',
		files: {
			'package.json': manifest(['drizzle-orm', 'drizzle-kit']),
			'drizzle.config.ts': "export default { out: './db/migrations', dialect: 'postgresql' };",
			'db/migrations/20260101000000_red/migration.sql': table,
		},
		line: "migrations: { sql: 'db/migrations/*/migration.sql' }",
	},
	{
		tool: 'Drizzle',
		of: 'a program that migrates when it starts',
		files: {
			'package.json': manifest(['drizzle-orm', 'drizzle-kit']),
			'drizzle.config.ts': "export default { out: './drizzle', dialect: 'postgresql' };",
			'drizzle/0000_red.sql': table,
			'src/main.ts': "import { migrate } from 'drizzle-orm/node-postgres/migrator';",
		},
		line: "migrations: { command: 'npx drizzle-kit migrate', inputs: ['drizzle', 'drizzle.config.ts'] }",
	},
	{
		tool: 'Drizzle',
		of: 'no migrations, and a variable of its own',
		files: {
			'package.json': manifest(['drizzle-orm', 'drizzle-kit']),
			'drizzle.config.ts':
				"export default { schema: './src/schema.ts', dialect: 'postgresql', dbCredentials: { url: process.env.POSTGRES_URL! } };",
		},
		line: `migrations: { command: 'POSTGRES_URL=$DATABASE_URL npx drizzle-kit push --force', inputs: ['src/schema.ts', 'drizzle.config.ts'] }`,
	},
	{
		tool: 'Prisma',
		of: 'the default layout',
		files: {
			'package.json': manifest(['prisma', '@prisma/client']),
			'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}',
			'prisma/migrations/20260101000000_init/migration.sql': table,
			'prisma/migrations/migration_lock.toml': 'provider = "postgresql"',
		},
		line: "migrations: { sql: 'prisma/migrations/*/migration.sql' }",
	},
	{
		tool: 'Prisma',
		of: 'a folder of schemas that prisma.config.ts names',
		files: {
			'package.json': manifest(['prisma']),
			'prisma.config.ts':
				"export default defineConfig({ schema: 'db/schema', migrations: { path: 'db/history' } });",
			'db/schema/main.prisma': 'datasource db { provider = "postgresql" }',
			'db/history/1_init/migration.sql': table,
		},
		line: "migrations: { sql: 'db/history/*/migration.sql' }",
	},
	{
		tool: 'Knex',
		of: 'TypeScript in a subfolder',
		files: {
			'package.json': manifest(['knex', 'pg']),
			'db/knexfile.ts': "export default { migrations: { directory: path.join(__dirname, 'history') } };",
			'db/history/20260101_a.ts': 'export async function up(knex: Knex) {}',
		},
		line: "migrations: { command: 'npx knex migrate:latest --knexfile db/knexfile.ts', inputs: ['db/history', 'db/knexfile.ts'] }",
	},
	{
		tool: 'Knex',
		of: 'a script that migrates',
		files: {
			'package.json': manifest(['knex', 'pg'], {
				scripts: {
					reset: 'dropdb x && knex migrate:latest',
					migrate: 'tsx node_modules/.bin/knex migrate:latest',
				},
			}),
			'knexfile.ts':
				'export default { connection: { host: process.env.DB_HOST, user: process.env.DB_USER } };',
			'migrations/20260101_a.ts': 'export async function up(knex: Knex) {}',
		},
		line: `migrations: { command: 'DB_HOST=$PGHOST DB_USER=$PGUSER tsx node_modules/.bin/knex migrate:latest', inputs: ['migrations', 'knexfile.ts'] }`,
	},
	{
		tool: 'Kysely',
		of: 'kysely-ctl',
		files: {
			'package.json': manifest(['kysely', 'kysely-ctl', 'pg']),
			'kysely.config.ts':
				"export default defineConfig({ migrations: { migrationFolder: 'src/migrations' } });",
			'src/migrations/1_a.ts': "import type { Kysely } from 'kysely';",
		},
		line: "migrations: { command: 'npx kysely migrate:latest', inputs: ['src/migrations', 'kysely.config.ts'] }",
	},
	{
		tool: 'Kysely',
		of: 'a module with a Migrator',
		files: {
			'package.json': manifest(['kysely', 'tsx']),
			'src/migrate.ts': 'const migrator = new Migrator({ db, provider });',
			'src/migrations/1_a.ts': "import type { Kysely } from 'kysely';",
		},
		line: "migrations: { command: 'npx tsx src/migrate.ts', inputs: ['src/migrations'] }",
	},
	{
		tool: 'TypeORM',
		of: 'a data source',
		files: {
			'package.json': manifest(['typeorm', 'pg']),
			'src/data-source.ts': 'export default new DataSource({ url: process.env.DATABASE_URL });',
			'src/migrations/1-a.ts': 'export class A1 implements MigrationInterface {}',
		},
		line: "migrations: { command: 'npx typeorm-ts-node-commonjs migration:run -d src/data-source.ts', inputs: ['src/migrations', 'src/data-source.ts'] }",
	},
	{
		tool: 'Sequelize',
		of: 'its command line',
		files: {
			'package.json': manifest(['sequelize', 'sequelize-cli']),
			'migrations/1-a.js': 'module.exports = { up: (queryInterface) => {} };',
		},
		line: `migrations: { command: 'npx sequelize-cli db:migrate --url "$DATABASE_URL"', inputs: ['migrations'] }`,
	},
	{
		tool: 'MikroORM',
		of: 'its default configuration',
		files: {
			'package.json': manifest(['@mikro-orm/postgresql', '@mikro-orm/cli']),
			'mikro-orm.config.ts': "export default { migrations: { path: './migrations' } };",
			'migrations/Migration1.ts': "import { Migration } from '@mikro-orm/migrations';",
		},
		line: "migrations: { command: 'npx mikro-orm migration:up', inputs: ['migrations', 'mikro-orm.config.ts'] }",
	},
	{
		tool: 'Umzug',
		of: 'a module',
		files: {
			'package.json': manifest(['umzug', 'pg']),
			'migrate.js': 'exports.umzug = new Umzug({});',
			'migrations/1.js': 'exports.up = async ({ context }) => {};',
		},
		line: "migrations: { command: 'node migrate.js up', inputs: ['migrations', 'migrate.js'] }",
	},
	{
		tool: 'node-pg-migrate',
		of: 'another folder, named in a script',
		files: {
			'package.json': manifest(['node-pg-migrate', 'pg'], {
				scripts: { migrate: 'node-pg-migrate -m db/migrations' },
			}),
			'db/migrations/1_a.js': 'exports.up = (pgm) => {};',
		},
		line: "migrations: 'db/migrations'",
	},
	{
		tool: 'dbmate',
		of: 'its default folder',
		files: { 'db/migrations/1_a.sql': `-- migrate:up\n${table}`, 'db/schema.sql': table },
		line: "migrations: { sql: 'db/migrations/*.sql' }",
	},
	{
		tool: 'goose',
		of: 'markers',
		files: { 'migrations/00001_a.sql': `-- +goose Up\n${table}` },
		line: "migrations: { sql: 'migrations/*.sql' }",
	},
	{
		tool: 'sql-migrate',
		of: 'markers',
		files: { 'migrations/1.sql': `-- +migrate Up\n${table}` },
		line: "migrations: { sql: 'migrations/*.sql' }",
	},
	{
		tool: 'Flyway',
		of: 'names',
		files: { 'src/main/resources/db/migration/V1__init.sql': table },
		line: "migrations: { sql: 'src/main/resources/db/migration/*.sql' }",
	},
	{
		tool: 'golang-migrate',
		of: 'pairs',
		files: { 'db/000001_a.up.sql': table, 'db/000001_a.down.sql': 'DROP TABLE note;' },
		line: "migrations: { sql: 'db/*.up.sql' }",
	},
	{
		tool: 'Supabase',
		of: 'its folder',
		files: { 'supabase/config.toml': '', 'supabase/migrations/1_a.sql': table },
		line: "migrations: { sql: 'supabase/migrations/*.sql' }",
	},
	{
		tool: 'Atlas',
		of: 'its sums',
		files: { 'migrations/1.sql': table, 'migrations/atlas.sum': 'h1:x' },
		line: "migrations: { sql: 'migrations/*.sql' }",
	},
	{
		tool: 'graphile-migrate',
		of: 'committed files',
		files: { '.gmrc': '{}', 'migrations/committed/000001.sql': `--! Previous: -\n${table}` },
		line: "migrations: { sql: 'migrations/committed/*.sql' }",
	},
	{
		tool: 'graphile-migrate',
		of: 'files with placeholders',
		files: {
			'db/.gmrc': '{}',
			'db/migrations/committed/000001.sql': `--! Previous: -\nGRANT SELECT ON note TO :DATABASE_VISITOR;`,
		},
		line: "migrations: { command: 'npx graphile-migrate migrate', inputs: ['db/migrations', 'db/.gmrc'] }",
	},
	{
		tool: 'Postgrator',
		of: 'pairs',
		files: { 'migrations/001.do.a.sql': table, 'migrations/001.undo.a.sql': 'DROP TABLE note;' },
		line: "migrations: { sql: 'migrations/*.do.*sql' }",
	},
	{
		tool: 'plain SQL',
		of: 'a folder for each migration',
		files: { 'db/migrations/1_a/up.sql': table, 'db/migrations/1_a/down.sql': 'DROP TABLE note;' },
		line: "migrations: { sql: 'db/migrations/*/up.sql' }",
	},
	{
		tool: 'plain SQL',
		of: 'a schema',
		files: { 'db/schema.sql': table, 'db/seed.sql': 'INSERT INTO note VALUES (1);' },
		line: "migrations: { sql: 'db/schema.sql' }",
	},
	{
		tool: 'plain SQL',
		of: 'what Compose runs in an empty volume',
		files: {
			'compose.yaml':
				'services:\n  db:\n    image: postgres:17\n    volumes:\n      - ./docker/init:/docker-entrypoint-initdb.d:ro\n',
			'docker/init/01.sql': table,
		},
		line: "migrations: { sql: 'docker/init/*.sql' }",
	},
];

test.each(trees)('$tool, $of', ({ tool, files, line }) => {
	expect(suggestMigrations(folderWith({ 'package.json': '{}', ...files }))).toEqual({ tool, line });
});

test('a package without migrations is shown those of another in its workspace', () => {
	const root = folderWith({
		'package.json': '{}',
		'pnpm-workspace.yaml': 'packages:\n  # all\n  - "packages/*"\n',
		'packages/api/package.json': '{ "name": "api" }',
		'packages/db/package.json': '{ "name": "db" }',
		'packages/db/migrations/1_a.sql': `-- migrate:up\n${table}`,
	});
	const line = "migrations: { sql: 'migrations/*.sql', cwd: '../db' }";
	expect(suggestMigrations(join(root, 'packages/api'))).toEqual({ tool: 'dbmate', line });
});

describe('nothing is suggested', () => {
	test.each([
		['in an empty project', {}],
		['for Drizzle on SQLite', { 'drizzle.config.ts': "export default { dialect: 'sqlite' };" }],
		['for Prisma on MySQL', { 'prisma/schema.prisma': 'datasource db { provider = "mysql" }' }],
		['for a model of Slipway’s', { 'src/note/schema.sql': table }],
		['for SQL of tests', { 'test/fixtures/schema.sql': table }],
		['for packages of others', { 'node_modules/other/schema.sql': table }],
	])('%s', (_, files) => {
		expect(suggestMigrations(folderWith({ 'package.json': '{}', ...files }))).toBeUndefined();
	});
});

describe('a folder that node-pg-migrate would not take', () => {
	test.each([
		['0001-a.sql', { tool: 'plain SQL', line: "migrations: { sql: 'sql/*.sql' }" }],
		['V1__a.sql', { tool: 'Flyway', line: "migrations: { sql: 'sql/*.sql' }" }],
		['20260101_a/migration.sql', { tool: 'plain SQL', line: "migrations: { sql: 'sql/*/migration.sql' }" }],
	])('with %s is suggested as SQL', (file, suggested) => {
		const root = folderWith({ 'package.json': '{}', [`sql/${file}`]: table });
		expect(suggestForFolder(join(root, 'sql'))).toEqual(suggested);
	});
});

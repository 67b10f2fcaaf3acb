import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSqlMigrations } from '../../../src/database/sql-migrations/index.ts';
import { folderWith, writeFileIn } from '../../helpers/project-files.ts';

const filesNamed = (...names: string[]) =>
	folderWith(Object.fromEntries(names.map((name) => [name, 'SELECT 1;'])));

const namesIn = async (root: string, ...patterns: string[]) =>
	(await readSqlMigrations(root, patterns)).map(({ name }) => name);

const layouts: Readonly<Record<string, { pattern: string; files: string[]; others?: string[] }>> = {
	Prisma: {
		pattern: 'prisma/migrations/*/migration.sql',
		files: ['prisma/migrations/0_init/migration.sql', 'prisma/migrations/20240101120000_a/migration.sql'],
		others: ['prisma/migrations/migration_lock.toml'],
	},
	Drizzle: {
		pattern: 'drizzle/*.sql',
		files: ['drizzle/0000_a.sql', 'drizzle/0001_b.sql', 'drizzle/0010_c.sql'],
		others: ['drizzle/meta/_journal.json'],
	},
	'Drizzle with folders': {
		pattern: 'drizzle/**',
		files: ['drizzle/20240101120000_a/migration.sql', 'drizzle/20240201120000_b/migration.sql'],
		others: ['drizzle/20240101120000_a/snapshot.json'],
	},
	Supabase: {
		pattern: 'supabase/migrations/*.sql',
		files: ['supabase/migrations/20240101120000_a.sql', 'supabase/migrations/20240102120000_b.sql'],
		others: ['supabase/seed.sql'],
	},
	'golang-migrate': {
		pattern: 'm/*.sql',
		files: ['m/1_a.up.sql', 'm/2_b.up.sql', 'm/10_c.up.sql'],
		others: ['m/1_a.down.sql', 'm/2_b.down.sql'],
	},
	Diesel: {
		pattern: 'migrations/**/*.sql',
		files: ['migrations/00000000000000_setup/up.sql', 'migrations/2024-01-02-100000_a/up.sql'],
		others: ['migrations/00000000000000_setup/down.sql', 'migrations/2024-01-02-100000_a/down.sql'],
	},
	Postgrator: {
		pattern: 'm/*',
		files: ['m/001.do.a.sql', 'm/002.do.sql', 'm/010.do.sql'],
		others: ['m/002.undo.sql', 'm/010.undo.sql'],
	},
	Flyway: {
		pattern: 'db/**/*.sql',
		files: [
			'db/b/V1__a.sql',
			'db/a/V1_2__b.sql',
			'db/a/V1.10__c.sql',
			'db/b/V2__d.sql',
			'db/a/V20240101.1__e.sql',
			'db/b/R__1_functions.sql',
			'db/a/R__2_views.sql',
		],
		others: ['db/a/U1__a.sql', 'db/a/V2__d.sql.conf'],
	},
	'Flyway from a baseline': {
		pattern: 'db/*.sql',
		files: ['db/B3__base.sql', 'db/V4__d.sql', 'db/R__views.sql'],
		others: ['db/B1__base.sql', 'db/V1__a.sql', 'db/V3__c.sql'],
	},
};

test.each(Object.entries(layouts))(
	'files of %s are read in its order',
	async (_, { pattern, files, others = [] }) => {
		expect(await namesIn(filesNamed(...files.toReversed(), ...others), pattern)).toEqual(files);
	},
);

test('patterns keep their order, exclude with "!", and leave out node_modules', async () => {
	const root = filesNamed('z/1_a.sql', 'z/2_b.sql', 'a/1.sql', 'a/seed.sql', 'node_modules/x/1.sql');
	expect(await namesIn(root, 'z/2_b.sql', '**/*.sql', '!**/seed.sql')).toEqual([
		'z/2_b.sql',
		'a/1.sql',
		'z/1_a.sql',
	]);
	writeFileIn(root, 'z/3_c.go', '');
	expect(await namesIn(root, 'z/*.sql', '!**/*.go')).toEqual(['z/1_a.sql', 'z/2_b.sql']);
	expect(await namesIn(root, 'node_modules/x/*.sql')).toEqual(['node_modules/x/1.sql']);
	rmSync(join(root, 'z/3_c.go'));
	expect(await namesIn(join(root, 'a'), '../z/*.sql')).toEqual(['../z/1_a.sql', '../z/2_b.sql']);
});

test('a file has its path, its text with LF, and a hash that covers the configuration of Flyway', async () => {
	const root = folderWith({ 'V1__a.sql': '\ufeffSELECT 1;\r\n', 'R__b.sql': 'SELECT 2;' });
	const [first, second] = await readSqlMigrations(root, ['*.sql']);
	expect(first).toMatchObject({ path: join(root, 'V1__a.sql'), text: 'SELECT 1;\n', repeatable: false });
	expect(second).toMatchObject({ name: 'R__b.sql', repeatable: true });
	writeFileIn(root, 'V1__a.sql.conf', 'executeInTransaction=false');
	expect((await readSqlMigrations(root, ['*.sql']))[0]?.sha256).not.toBe(first?.sha256);
});

const refused: Readonly<Record<string, { files: string[]; patterns: string[]; error: object }>> = {
	'a pattern that matches nothing, with a better one': {
		files: ['prisma/migrations/1_a/migration.sql', 'prisma/migrations/2_b/migration.sql'],
		patterns: ['prisma/migration/*/migration.sql'],
		error: {
			code: 'no-migrations-matched',
			message: expect.stringMatching(
				/^no file in \/.* matches the migrations "prisma\/migration\/\*\/migration.sql"\n {2}prisma\/ has migrations\/1_a\/migration.sql, migrations/,
			),
			hint: expect.stringContaining('"prisma/migrations/*/migration.sql"'),
		},
	},
	'a folder': {
		files: ['drizzle/0000_a.sql'],
		patterns: ['drizzle'],
		error: { code: 'no-migrations-matched', hint: expect.stringContaining('"drizzle/*.sql"') },
	},
	'one pattern of several that matches nothing': {
		files: ['a/1.sql'],
		patterns: ['a/*.sql', 'b/*.sql'],
		error: { code: 'no-migrations-matched', message: expect.stringContaining('"b/*.sql"') },
	},
	'no pattern but exclusions': {
		files: ['a/1.sql'],
		patterns: ['!a/*.sql'],
		error: { code: 'no-migrations-matched', message: expect.stringContaining('has no pattern') },
	},
	'a project without SQL': {
		files: ['package.json'],
		patterns: ['db/*.sql'],
		error: {
			code: 'no-migrations-matched',
			message: expect.stringMatching(/ exists, but has no .sql files$/),
		},
	},
	'files that only revert': {
		files: ['m/1_a.down.sql'],
		patterns: ['m/*.sql'],
		error: { code: 'no-migrations-matched', message: expect.stringContaining('but only m/1_a.down.sql') },
	},
	'programs that would not run': {
		files: ['m/1_a.sql', 'm/2_b.ts', 'm/3_c.go'],
		patterns: ['m/*'],
		error: { code: 'invalid-migrations', message: expect.stringContaining('m/2_b.ts, m/3_c.go') },
	},
	'programs among the files that would not run': {
		files: ['m/1_a.sql', 'm/2_b.go', 'm/V2__c.java', 'm/helper.go', 'm/1_a.d.ts'],
		patterns: ['m/*.sql'],
		error: {
			code: 'invalid-migrations',
			message: expect.stringMatching(/programs: m\/2_b.go, m\/V2__c.java$/),
		},
	},
	'callbacks of Flyway': {
		files: ['m/V1__a.sql', 'm/afterMigrate.sql'],
		patterns: ['m/*.sql'],
		error: { code: 'invalid-migrations', message: expect.stringContaining('m/afterMigrate.sql: a callback') },
	},
	'two files of one version of Flyway': {
		files: ['a/V1.0__a.sql', 'b/V1__b.sql', 'b/V2__b.sql'],
		patterns: ['*/*.sql'],
		error: { code: 'invalid-migrations', message: expect.stringContaining('a/V1.0__a.sql and b/V1__b.sql') },
	},
};

test.each(Object.entries(refused))('%s: an error', async (_, { files, patterns, error }) => {
	await expect(readSqlMigrations(filesNamed(...files), patterns)).rejects.toMatchObject(error);
});

test('text that is not UTF-8 is an error', async () => {
	const root = folderWith({ '1_a.sql': Buffer.from([0xff, 0xfe, 0x00]) });
	await expect(readSqlMigrations(root, ['*.sql'])).rejects.toMatchObject({
		code: 'invalid-migrations',
		message: `${join(root, '1_a.sql')} is not UTF-8 text`,
	});
});

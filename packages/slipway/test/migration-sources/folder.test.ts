import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { migrationSource } from '../../src/migration-sources/index.ts';
import { makeProject } from '../config/project.ts';
import { writeFileIn } from '../helpers/project-files.ts';
import { startTestDatabase } from '../helpers/server.ts';

test('a step depends on what its program imports from the project or may read, and servers have its result', async () => {
	const folder = makeProject({
		'migrations/1_a.ts': "import { up as create } from '../src/create.js';\nexport const up = create;",
		'migrations/2_b.sql': 'CREATE TABLE b ();',
		'src/create.ts':
			"import type { MigrationBuilder } from 'node-pg-migrate';\nimport { table } from './names';\nexport const up = (pgm: MigrationBuilder) => pgm.createTable(table, {});",
		'src/names/index.js': "exports.table = 'first';",
		'src/other.ts': '',
	});
	const migrations = join(folder, 'migrations');
	const steps = () => migrationSource(migrations).steps();
	const before = await steps();
	writeFileIn(folder, 'src/other.ts', '// changed');
	expect(await steps()).toEqual(before);
	writeFileIn(folder, 'src/names/index.js', "exports.table = 'second';");
	const after = await steps();
	expect(after.map(({ name }) => name)).toEqual(['1_a', '2_b']);
	expect(after[0]?.sha256).not.toBe(before[0]?.sha256);
	expect(after[1]).toEqual(before[1]);
	writeFileIn(folder, 'migrations/sql/3.sql', 'CREATE TABLE third ();');
	writeFileIn(
		folder,
		'migrations/3_c.cjs',
		"const { readFileSync } = require('node:fs');\nexports.up = (pgm) => pgm.sql(readFileSync(__dirname + '/sql/3.sql', 'utf8'));",
	);
	const withFile = await steps();
	writeFileIn(folder, 'migrations/sql/3.sql', 'CREATE TABLE third (id int);');
	expect((await steps())[2]?.sha256).not.toBe(withFile[2]?.sha256);
	await using server = await startTestDatabase({ migrations, snapshots: false });
	expect(await withClient(server.app, (sql) => sql`SELECT id FROM second, third`)).toEqual([]);
});

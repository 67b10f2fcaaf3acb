import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { type StartPostgresOptions, startPostgres } from '../../src/start-postgres.ts';
import { makeProject } from '../config/project.ts';
import { writeFileIn } from '../helpers/project-files.ts';

vi.setConfig({ testTimeout: 120_000 });

test.each<[string, StartPostgresOptions]>([
	['three roles', {}],
	['one role', { roles: 'one' }],
])(
	'servers with %s have what the files make; a later file runs on the snapshot of the others',
	async (_, options) => {
		const folder = makeProject({
			'prisma/migrations/2_b/migration.sql': 'INSERT INTO guest VALUES (2);',
			'prisma/migrations/1_a/migration.sql': 'CREATE TABLE guest (id int);',
		});
		const guests = async () => {
			const snapshots = join(folder, 'snapshots');
			const migrations = { sql: 'prisma/migrations/*/migration.sql', cwd: folder };
			await using server = await startPostgres({ migrations, snapshots, ...options });
			return await withClient(server.app, async (sql) => [
				...(await sql`SELECT id FROM guest ORDER BY id`.values()),
				...(await sql`SELECT count(*)::int FROM slipway.applied_migrations`.values()),
			]);
		};
		expect(await guests()).toEqual([[2], [2]]);
		writeFileIn(folder, 'prisma/migrations/10_c/migration.sql', 'INSERT INTO guest VALUES (10);');
		expect(await guests()).toEqual([[2], [10], [3]]);
		writeFileIn(folder, 'prisma/migrations/2_b/migration.sql', 'INSERT INTO guest VALUES (3);');
		expect(await guests()).toEqual([[3], [10], [3]]);
	},
);

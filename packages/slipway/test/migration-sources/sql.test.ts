import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { type StartPostgresOptions, startPostgres } from '../../src/start-postgres.ts';
import { makeProject } from '../config/project.ts';
import { projectRoot } from '../helpers/child-process.ts';
import { writeFileIn } from '../helpers/project-files.ts';

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

test('migrations of Supabase have what docs/migration-tools.md creates for them', async () => {
	const docs = readFileSync(join(projectRoot, 'docs/migration-tools.md'), 'utf8');
	const folder = makeProject({
		'supabase/slipway.sql': /-- supabase\/slipway\.sql\n([\s\S]*?)```/.exec(docs)?.[1] ?? '',
		'supabase/migrations/20240101000000_note.sql': `
			CREATE TABLE note (user_id uuid NOT NULL REFERENCES auth.users DEFAULT auth.uid());
			ALTER TABLE note ENABLE ROW LEVEL SECURITY;
			CREATE POLICY own ON note TO authenticated USING (user_id = auth.uid());
			GRANT SELECT ON note TO authenticated, service_role;`,
	});
	await using server = await startPostgres({
		migrations: { sql: ['supabase/slipway.sql', 'supabase/migrations/*.sql'], cwd: folder },
		logins: ['anon', 'authenticated', 'service_role'].map((name) => ({ name, password: name })),
		snapshots: false,
	});
	const id = '00000000-0000-0000-0000-000000000001';
	const other = '00000000-0000-0000-0000-000000000002';
	await withClient(server.migrator, async (sql) => {
		await sql`INSERT INTO auth.users (id) VALUES (${id}), (${other})`;
		await sql`INSERT INTO note VALUES (${id}), (${other})`;
	});
	const login = server.logins.authenticated;
	if (login === undefined) throw new Error('no login');
	await withClient(login, async (sql) => {
		await sql`SELECT set_config('request.jwt.claims', ${JSON.stringify({ sub: id })}, false)`;
		expect(await sql`SELECT user_id FROM note`).toEqual([{ user_id: id }]);
	});
});

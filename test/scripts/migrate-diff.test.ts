import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { projectRoot, runProcess } from 'slipway/test-helpers/child-process';
import { migrationsDirectory } from 'slipway/test-helpers/own-database';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { describe, expect, test } from 'vitest';

/** A folder with a migration that creates the table `counter`, and a model of it with additional `columns`. */
function project(columns = ''): {
	migrations: string;
	run: (...args: string[]) => ReturnType<typeof runProcess>;
} {
	const directory = temporaryDirectory();
	const [migrations, models] = [join(directory, 'migrations'), join(directory, 'src')];
	mkdirSync(migrations);
	mkdirSync(models);
	writeFileSync(join(directory, 'package.json'), '{}');
	writeFileSync(join(migrations, '1_counter.sql'), '-- Up Migration\nCREATE TABLE counter (name text);\n');
	writeFileSync(join(models, 'schema.sql'), `CREATE TABLE counter (name text${columns});\n`);
	const run = (...args: string[]) =>
		runProcess(join(projectRoot, 'scripts/migrate'), [
			'diff',
			...args,
			'--directory',
			migrations,
			'--models',
			models,
		]);
	return { migrations, run };
}

describe('scripts/migrate diff', () => {
	test('writes the migration to the models, and prints its path', async () => {
		const { migrations, run } = project(', note text');
		const { status, stdout } = await run('add note to counter');
		expect(status).toBe(0);
		expect(basename(stdout.trim())).toMatch(/^\d{17}_add-note-to-counter\.sql$/);
		expect(readFileSync(stdout.trim(), 'utf8')).toBe(
			[
				'-- Up Migration',
				'',
				'ALTER TABLE "public"."counter"',
				'  ADD COLUMN "note" text;',
				'',
				'-- Down Migration',
				'',
				'-- Loses data: reverting it does not restore the rows.',
				'ALTER TABLE "public"."counter"',
				'  DROP COLUMN "note";',
				'',
			].join('\n'),
		);
		expect(await run('again')).toMatchObject({
			status: 0,
			stdout: '',
			stderr: 'nothing to write: the migrations match the models\n',
		});
		expect(readdirSync(migrations)).toHaveLength(2);
	});

	test('writes the first migration of a project that has no folder for them', async () => {
		const { migrations, run } = project();
		rmSync(migrations, { recursive: true });
		const { status, stdout, stderr } = await run('create counter');
		expect(status, stderr).toBe(0);
		expect(readFileSync(stdout.trim(), 'utf8')).toMatch(/CREATE TABLE "public"."counter"/);
		expect(await run('--check')).toMatchObject({ status: 0, stdout: '' });
	});

	test('--check fails if there is a difference, and writes nothing', async () => {
		const { migrations, run } = project(', note text');
		expect(await run('--check')).toMatchObject({
			status: 1,
			stdout: expect.stringContaining('ADD COLUMN "note" text;'),
			stderr: expect.stringMatching(/^error: the migrations do not match the models/),
		});
		expect(await project().run('--check')).toMatchObject({ status: 0, stdout: '' });
		expect(readdirSync(migrations)).toEqual(['1_counter.sql']);
	});

	test('lists what it does not compare, and does not claim that nothing differs', async () => {
		expect(await project(' STORAGE EXTERNAL').run('--check')).toMatchObject({
			status: 0,
			stderr:
				'not compared, write this by hand: storage of public.counter.name\n' +
				'nothing else to write: apart from that, the migrations match the models\n',
		});
	});

	test('writes a schema and its contents, without grants that default privileges cover', async () => {
		const billing =
			'CREATE SCHEMA billing; CREATE TABLE billing.invoice (id int GENERATED ALWAYS AS IDENTITY, net int)';
		const { run } = project(
			`); ${billing}; CREATE FUNCTION billing.one() RETURNS int LANGUAGE sql RETURN (1`,
		);
		const { status, stdout } = await run('add billing');
		expect(status).toBe(0);
		const text = readFileSync(stdout.trim(), 'utf8');
		expect(text).toMatch(/CREATE SCHEMA "billing"/);
		expect(text).not.toMatch(/GRANT|REVOKE|DEFAULT PRIVILEGES/);
		expect(await run('--check')).toMatchObject({ status: 0, stdout: '' });
	});

	test('writes the revokes of what default privileges grant to the app', async () => {
		const { run } = project(
			'); REVOKE UPDATE ON counter FROM app_user; CREATE SCHEMA internal; REVOKE ALL ON SCHEMA internal FROM app_user; CREATE TABLE internal.secret (id int',
		);
		const { status, stdout } = await run('add internal');
		expect(status).toBe(0);
		expect(readFileSync(stdout.trim(), 'utf8')).toMatch(/REVOKE .* ON SCHEMA "internal" FROM "app_user"/i);
		expect(await run('--check')).toMatchObject({ status: 0, stdout: '' });
	});

	test('uses the role names from the settings', async () => {
		const models = temporaryDirectory();
		const grants = 'CREATE TABLE counter (); GRANT SELECT ON counter TO shop_app, shop_migrator, shop;';
		writeFileSync(join(models, 'schema.sql'), grants);
		const migrations = migrationsDirectory({ '1_counter': grants });
		const args = ['diff', '--check', '--directory', migrations, '--models', models];
		const env = { DB_USERNAME: 'shop_app', DB_MIGRATOR_USERNAME: 'shop_migrator', DB_OWNER: 'shop' };
		expect(await runProcess(join(projectRoot, 'scripts/migrate'), args, { env })).toMatchObject({
			status: 0,
			stderr: 'nothing to write: the migrations match the models\n',
		});
	});

	test('reports the location of an error in a model', async () => {
		expect(await project(',\n\tnote txet').run('add note')).toMatchObject({
			status: 1,
			stdout: '',
			stderr: expect.stringMatching(/^error: \S+\/schema\.sql:2:7: type "txet" does not exist\n/),
		});
	});

	test('requires a valid name before it does anything', async () => {
		const { migrations, run } = project(', note txet');
		expect(await run()).toMatchObject({ status: 1, stderr: expect.stringContaining('has no name') });
		expect(await run('a/b')).toMatchObject({
			status: 1,
			stderr: expect.stringContaining('"a/b" is not a valid name for a migration'),
		});
		expect(readdirSync(migrations)).toEqual(['1_counter.sql']);
	});
});

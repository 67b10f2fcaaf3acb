import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, runProcess } from 'slipway/test-helpers/child-process';
import { migrationsDirectory } from 'slipway/test-helpers/own-database';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { expect, test } from 'vitest';

test('scripts/migrate types writes the row types as Biome formats them, and --check fails when they are out of date', async () => {
	const labels = Array.from({ length: 12 }, (_, index) => `'a long label ${index}'`).join(', ');
	const directory = migrationsDirectory({
		'1_a': `CREATE TYPE label AS ENUM (${labels}); CREATE TABLE counter (name text NOT NULL, label label);`,
	});
	const output = join(temporaryDirectory(), 'rows.ts');
	const run = (...args: string[]) =>
		runProcess(join(projectRoot, 'scripts/migrate'), [
			'types',
			'--directory',
			directory,
			'--output',
			output,
			...args,
		]);
	expect(await run('--check')).toMatchObject({
		status: 1,
		stderr: expect.stringContaining('is out of date with the migrations'),
	});
	expect(await run()).toMatchObject({ status: 0, stdout: `${output}\n` });
	expect(readFileSync(output, 'utf8')).toMatch(
		/export interface CounterRow \{\n\treadonly name: string;\n\treadonly label:\n(\t\t\| 'a long label \d+'\n){12}\t\t\| null;\n\}\n$/,
	);
	expect(await run('--check')).toMatchObject({ status: 0, stdout: '' });
	writeFileSync(output, '');
	expect(await run('--check')).toMatchObject({ status: 1 });
	expect(readFileSync(output, 'utf8')).toBe('');
	expect(await run('--output', join(output, 'rows.ts'))).toMatchObject({
		status: 1,
		stderr: expect.stringContaining(`cannot be written to ${join(output, 'rows.ts')}: ENOTDIR`),
	});
});

test('scripts/migrate types uses the role names from the settings', async () => {
	const directory = migrationsDirectory({
		'1_a': 'CREATE TABLE counter (name text); GRANT SELECT ON counter TO shop_app;',
	});
	const output = join(temporaryDirectory(), 'rows.ts');
	const args = ['types', '--directory', directory, '--output', output];
	const env = { DB_USERNAME: 'shop_app' };
	expect(await runProcess(join(projectRoot, 'scripts/migrate'), args, { env })).toMatchObject({
		status: 0,
		stdout: `${output}\n`,
	});
});

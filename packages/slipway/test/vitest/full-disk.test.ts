import { expect } from 'vitest';
import { runProcess } from '../helpers/child-process.ts';
import { testInOwnNamespace } from '../helpers/own-namespace.ts';
import { makeProject, pluginWith, usePackage } from './project.ts';

usePackage();

/** A test that writes more rows than the disk has space for, and one after it. */
const filling = (level: string) => `
	import { expect } from 'vitest';
	import { ${level} as test } from 'slipway/vitest';
	test('fills the disk in a ${level}', async ({ sql }) => {
		await sql\`INSERT INTO large SELECT repeat('x', 1000000) FROM generate_series(1, 200)\`;
	});
	test('after it in a ${level}', async ({ sql }) => {
		expect(await sql\`SELECT FROM large\`).toEqual([]);
		await sql\`INSERT INTO large SELECT repeat('x', 1000000) FROM generate_series(1, 10)\`;
	});`;

const levels = ['test', 'databaseTest', 'transactionTest'];

testInOwnNamespace(
	'a test that fills the disk fails with the place and a fix, and others go on',
	async () => {
		const project = makeProject({
			...Object.fromEntries(levels.map((level) => [`${level}.test.ts`, filling(level)])),
			'migrations/20260102000000000_large.sql': 'CREATE TABLE large (text text STORAGE EXTERNAL);',
			'disk/.keep': '',
			'vitest.config.ts': pluginWith("provider: 'embedded'"),
		});
		const script = `
		mount -t tmpfs -o size=200m none disk
		"$0" node_modules/vitest/vitest.mjs run --no-color --maxWorkers=1 --testTimeout=120000 --reporter=verbose
		echo "left: $(ls disk)"`;
		const { stdout, stderr } = await runProcess('unshare', ['-rm', 'sh', '-c', script, process.execPath], {
			cwd: project,
			env: { TMPDIR: `${project}/disk` },
		});
		// The tests of `test` share the server and its data.
		for (const level of ['databaseTest', 'transactionTest'])
			expect(stdout, stderr).toMatch(new RegExp(`✓ .* > after it in a ${level}`));
		for (const level of levels)
			expect(stderr).toMatch(
				new RegExp(
					`FAIL .* > fills the disk in a ${level}\\n.*(\\n.*)?\\nHint: PostgreSQL has no space left for its files in ${project}/disk .*TMPDIR`,
				),
			);
		expect(stderr).not.toContain('database is kept');
		expect(stdout, stderr).toMatch(/left: \n$/);
	},
);

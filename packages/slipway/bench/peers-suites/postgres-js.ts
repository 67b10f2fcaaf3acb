import { join } from 'node:path';
import { runProgram } from './program.ts';
import type { Suite } from './suite.ts';

/**
 * Its tests, which need the port 5432 and a role without a password; that one gets the password in PGPASSWORD.
 * Its own runner skips everything after the first failure: `postgres-js/test.mjs` runs all.
 */
export const postgresJs: Suite = {
	name: 'postgres',
	needs: [],
	options: {
		port: 5432,
		replication: true,
		ssl: true,
		settings: { max_prepared_transactions: '100' },
		databases: ['postgres_js_test'],
		logins: [
			{ name: 'postgres_js_test', password: 'postgres_js_test', superuser: true },
			{ name: 'postgres_js_test_md5', password: 'postgres_js_test_md5' },
			{ name: 'postgres_js_test_scram', password: 'postgres_js_test_scram' },
		],
	},
	as: 'postgres_js_test',
	database: 'postgres_js_test',
	async count(folder, environment) {
		const hooks = join(import.meta.dirname, 'postgres-js/hooks.mjs');
		const command = [process.execPath, '--import', hooks, 'tests/index.js'];
		const { stdout, stderr } = await runProgram(command, { folder, environment });
		const [, counts] = /^counts: (.*)$/m.exec(stdout) ?? [];
		if (counts === undefined) throw new Error(`the tests did not end: ${stderr.slice(-2000)}`);
		return JSON.parse(counts);
	},
};

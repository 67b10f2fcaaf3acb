import { join } from 'node:path';
import { runProgram } from './program.ts';
import type { Suite } from './suite.ts';

interface VitestReport {
	readonly testResults: readonly {
		readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
	}[];
}

/**
 * Its integration tests. They start a container themselves: `node-pg-migrate/vitest.config.ts` gives them the
 * server in `SUITE_URL` in place of Testcontainers' module. The variables of clients are unset, because some
 * tests are about what happens without them.
 */
export const nodePgMigrate: Suite = {
	name: 'node-pg-migrate',
	needs: ['node_modules', 'dist/index.js'],
	options: {
		logins: [{ name: 'ubuntu', password: 'ubuntu', superuser: true }],
		databases: ['test_migrations_pg_18'],
	},
	as: 'ubuntu',
	database: 'test_migrations_pg_18',
	async count(folder, { DATABASE_URL, ...inherited }) {
		const others = Object.entries(inherited).filter(([name]) => !name.startsWith('PG'));
		const environment = { ...Object.fromEntries(others), SUITE_URL: DATABASE_URL };
		const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
		const config = join(import.meta.dirname, 'node-pg-migrate/vitest.config.ts');
		const args = ['run', '--root', folder, '--config', config, '--reporter', 'json'];
		const { stdout, stderr } = await runProgram([process.execPath, vitest, ...args], { folder, environment });
		const start = stdout.indexOf('{"num');
		if (start < 0) throw new Error(`vitest printed no report: ${stderr.slice(-2000)}`);
		const { testResults } = JSON.parse(stdout.slice(start)) as VitestReport;
		const results = testResults.flatMap(({ assertionResults }) => assertionResults);
		return {
			passed: results.filter(({ status }) => status === 'passed').length,
			failed: results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
		};
	},
};

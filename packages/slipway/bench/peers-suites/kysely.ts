import { join } from 'node:path';
import { runProgram } from './program.ts';
import type { Suite } from './suite.ts';

interface MochaReport {
	readonly passes: readonly unknown[];
	readonly failures: readonly { readonly fullTitle: string }[];
}

/** Its PostgreSQL tests. They have the port, the login and the database in their code. */
export const kysely: Suite = {
	name: 'kysely',
	needs: ['node_modules', 'dist/index.js', 'test/node/dist/select.test.js'],
	options: {
		port: 5434,
		logins: [{ name: 'kysely', password: 'kysely', superuser: true }],
		databases: ['kysely_test'],
	},
	as: 'kysely',
	database: 'kysely_test',
	async count(folder, inherited) {
		const mocha = join(folder, 'node_modules/mocha/bin/mocha.js');
		const args = ['--timeout', '15000', '--reporter', 'json', 'test/node/dist/**/*.test.js'];
		const environment = { ...inherited, DIALECTS: 'postgres' };
		const { stdout, stderr } = await runProgram([process.execPath, mocha, ...args], { folder, environment });
		const start = stdout.indexOf('{\n  "stats"');
		if (start < 0) throw new Error(`mocha printed no report: ${stderr.slice(-2000)}`);
		const { passes, failures } = JSON.parse(stdout.slice(start)) as MochaReport;
		return { passed: passes.length, failed: failures.map(({ fullTitle }) => fullTitle) };
	},
};

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './program.ts';
import type { Suite } from './suite.ts';

/** The integration tests of `packages/pg`, a process for each file, as its Makefile runs them. */
export const nodePostgres: Suite = {
	name: 'node-postgres',
	needs: ['node_modules', 'packages/pg-protocol/dist/index.js'],
	options: {
		ssl: true,
		databases: ['ci_db_test'],
		logins: [
			{ name: 'tester', password: 'postgres', superuser: true },
			{ name: 'scram_test', password: 'test4scram' },
			{ name: 'scram_unicode_test', password: 'IX-\u2168' },
		],
	},
	as: 'tester',
	database: 'ci_db_test',
	async count(folder, inherited) {
		const tests = join(folder, 'packages/pg/test/integration');
		const files = readdirSync(tests, { recursive: true, encoding: 'utf8' })
			.filter((file) => file.endsWith('-tests.js'))
			.toSorted();
		const environment = {
			...inherited,
			// As in its own CI: the server has SSL, and only the tests that ask for it use it.
			PGSSLMODE: 'disable',
			PGTESTNOSSL: 'true',
			SCRAM_TEST_PGUSER: 'scram_test',
			SCRAM_TEST_PGPASSWORD: 'test4scram',
			SCRAM_TEST_PGUSER_UNICODE: 'scram_unicode_test',
			SCRAM_TEST_PGPASSWORD_UNICODE: 'IX-\u2168',
		};
		const failed: string[] = [];
		for (const file of files) {
			const command = [process.execPath, join(tests, file)];
			// One leaves a login unfinished, which the server ends after 60 s (authentication_timeout).
			const options = { folder: join(folder, 'packages/pg'), environment, seconds: 180 };
			const { status } = await runProgram(command, options);
			if (status !== 0) failed.push(file);
		}
		return { passed: files.length - failed.length, failed };
	},
};

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { formatPeersSuite, measurePeersSuite } from '../../bench/index.ts';
import { suiteOf } from '../../bench/peers-suites/suites.ts';
import { projectRoot } from '../helpers/child-process.ts';
import { describeWithEngine } from '../helpers/engine.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

function checkoutOf(name: string, files: Readonly<Record<string, string>> = {}): string {
	const folder = temporaryDirectory();
	for (const [file, text] of Object.entries({ 'package.json': JSON.stringify({ name }), ...files })) {
		mkdirSync(dirname(join(folder, file)), { recursive: true });
		writeFileSync(join(folder, file), text);
	}
	return folder;
}

test('a folder that is no known checkout, or is not built, is an error that names it', () => {
	const [other, unbuilt] = [checkoutOf('other'), checkoutOf('kysely', { 'node_modules/a': '' })];
	expect(() => suiteOf(other)).toThrow(expect.objectContaining({ code: 'unknown-suite' }));
	expect(() => suiteOf(unbuilt)).toThrow(
		expect.objectContaining({
			code: 'suite-not-built',
			message: `${join(unbuilt, 'dist/index.js')} does not exist`,
		}),
	);
});

describeWithEngine('the tests of a checkout', () => {
	test('run on a plain container and on our servers, with the logins and databases that they expect', async () => {
		const connect = `
			const { Client } = require(${JSON.stringify(join(projectRoot, 'node_modules/pg'))});
			const query = async (config) => {
				const client = new Client(config);
				await client.connect();
				const { rows } = await client.query('SELECT current_database() AS name');
				if (rows[0].name !== 'ci_db_test') process.exit(1);
				await client.end();
			};`;
		const tests = 'packages/pg/test/integration';
		const folder = checkoutOf('node-postgres', {
			'node_modules/a': '',
			'packages/pg-protocol/dist/index.js': '',
			[`${tests}/own-tests.js`]: `${connect} query({});`,
			[`${tests}/client/scram-tests.js`]: `${connect} query({ user: 'scram_test', password: 'test4scram' });`,
			[`${tests}/wrong-tests.js`]: `${connect} query({ user: 'scram_test', password: 'wrong' });`,
		});
		const figures = await measurePeersSuite({ folder, report: () => {} });
		expect(figures.runs.map(({ server, passed, failed }) => ({ server, passed, failed }))).toEqual(
			['postgres:18 in Docker', 'embedded', 'container'].map((server) => ({
				server,
				passed: 2,
				failed: ['wrong-tests.js'],
			})),
		);
		expect(formatPeersSuite(figures)).toMatch(/^embedded +2 +1 +\d+\.\d$/m);
	});
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PreparedServer, startPostgres } from 'slipway';
import { projectRoot, runProcess } from 'slipway/test-helpers/child-process';
import { appVariables } from 'slipway/test-helpers/processes';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let server: PreparedServer;
beforeAll(async () => {
	server = await startPostgres({ migrations: join(projectRoot, 'migrations') });
});
afterAll(() => server[Symbol.asyncDispose]());

const seed = (args: readonly string[] = [], environment = {}) =>
	runProcess(join(projectRoot, 'scripts/seed'), args, {
		cwd: projectRoot,
		env: { ...appVariables(server.app), ...environment },
	});

describe('scripts/seed', () => {
	test('runs the seeds of the environment, and a second time changes nothing', async () => {
		for (const _ of ['first', 'second'])
			expect(await seed()).toMatchObject({ status: 0, stdout: 'seeded seeds/counter.sql\n', stderr: '' });
	});

	test('asks for confirmation in production, or requires --yes', async () => {
		const refused = { status: 1, stdout: '', stderr: expect.stringMatching(/in production\n {2}Pass --yes/) };
		expect(await seed(['--environment', 'production'])).toMatchObject(refused);
		expect(await seed(['--environment', 'test'], { NODE_ENV: 'production' })).toMatchObject(refused);
		expect(await seed(['--environment', 'production', '--yes'])).toMatchObject({ status: 0 });
		expect(await seed(['--environment', 'staging'])).toMatchObject({ status: 2 });
	});

	test('reports the file, line and statement that failed', async () => {
		const directory = temporaryDirectory();
		writeFileSync(join(directory, 'bad.sql'), '\nINSERT INTO nothing VALUES (1);\n');
		expect(await seed(['--directory', directory])).toMatchObject({
			status: 1,
			stderr: expect.stringContaining(
				`${join(directory, 'bad.sql')}:2:13: relation "nothing" does not exist\n  in: INSERT INTO nothing VALUES (1)\n`,
			),
		});
		writeFileSync(join(directory, 'bad.sql'), '');
		writeFileSync(
			join(directory, 'bad.ts'),
			"import type { Sql } from 'postgres';\nexport const seed = (sql: Sql) =>\n\tsql`SELECT nothing`;\n",
		);
		expect(await seed(['--directory', directory])).toMatchObject({
			status: 1,
			stderr: expect.stringContaining(
				`${join(directory, 'bad.ts')}:3:5: column "nothing" does not exist\n  in: SELECT nothing\n`,
			),
		});
	});
});

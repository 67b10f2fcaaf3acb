import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withClient } from '../../../src/connection/index.ts';
import { Restorer } from '../../../src/database/restore/index.ts';
import { dropDatabase } from '../../../src/database/template/index.ts';
import { describeDatabase } from './describe.ts';
import { laterProgram, type Program, programs } from './programs.ts';
import { startTemplateServer, type TemplateServer } from './template-server.ts';

let host: TemplateServer;
beforeAll(async () => {
	host = await startTemplateServer();
});
afterAll(async () => {
	await host?.[Symbol.asyncDispose]();
});

const describe = (database: string) => describeDatabase({ ...host.server.admin, database });

async function run({ role, statements }: Program, database: string): Promise<void> {
	await withClient({ ...host.server[role], database }, async (sql) => {
		for (const statement of statements)
			await sql.unsafe(statement.replace(':database', database)).catch(() => {});
	});
}

test('a restored clone has the same catalogs, rows and sequences as the template, and later rows take the same places', async () => {
	const { server, superuser, createClone, newName } = host;
	const template = await describe(await createClone());
	await using restorer = new Restorer({
		superuser,
		admin: server.admin,
		createClone,
		maxTables: () => 100,
	});
	let restored = 0;
	await fc.assert(
		fc.asyncProperty(
			fc.array(programs, { minLength: 1, maxLength: 4 }),
			laterProgram,
			async (tests, later) => {
				let clone = await createClone();
				await restorer.track(clone);
				for (const each of tests) {
					for (const one of each) await run(one, clone);
					const result = await restorer.restore(clone, newName());
					clone = result.name;
					if (!result.restored) return;
					restored++;
					expect(await describe(clone)).toEqual(template);
				}
				const fresh = await createClone();
				await run(later, clone);
				await run(later, fresh);
				expect(rowsOf(await describe(clone))).toEqual(rowsOf(await describe(fresh)));
				await dropDatabase(superuser, fresh);
				await dropDatabase(superuser, clone);
			},
		),
		{ numRuns: 12 },
	);
	expect(restored, 'so few were restored that this says nothing').toBeGreaterThan(3);
});

const rowsOf = (description: Readonly<Record<string, string | null>>) =>
	Object.fromEntries(Object.entries(description).filter(([name]) => !/^pg_|^information_schema/.test(name)));

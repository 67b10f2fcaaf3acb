import fc from 'fast-check';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maintenanceDatabase, openClient, withClient } from '../../../src/connection/index.ts';
import { Restorer } from '../../../src/database/restore/index.ts';
import { cloneTemplate, dropDatabase, sealTemplate } from '../../../src/database/template/index.ts';
import type { PreparedServer } from '../../../src/start-postgres.ts';
import { startTestDatabase } from '../../helpers/server.ts';
import { describeDatabase } from './describe.ts';
import { laterProgram, type Program, programs } from './programs.ts';
import { schema } from './schema.ts';

let server: PreparedServer;
let superuser: Sql;
beforeAll(async () => {
	server = await startTestDatabase({
		roles: { temporaryTables: true },
		// Autovacuum would change statistics in the template, too.
		settings: { max_prepared_transactions: '5', autovacuum: 'off' },
		seed: schema,
	});
	superuser = openClient({ ...server.admin, database: maintenanceDatabase });
	await sealTemplate(superuser, 'app');
});
afterAll(async () => {
	await superuser?.end();
	await server?.[Symbol.asyncDispose]();
});

let count = 0;
const newName = () => `test_${++count}`;

async function newClone(): Promise<string> {
	const name = newName();
	await cloneTemplate(superuser, 'app', name);
	return name;
}

const describe = (database: string) => describeDatabase({ ...server.admin, database });

async function run({ role, statements }: Program, database: string): Promise<void> {
	await withClient({ ...server[role], database }, async (sql) => {
		for (const statement of statements)
			await sql.unsafe(statement.replace(':database', database)).catch(() => {});
	});
}

test('a restored clone has the same catalogs, rows and sequences as the template, and later rows take the same places', async () => {
	const template = await describe(await newClone());
	await using restorer = new Restorer({
		superuser,
		admin: server.admin,
		createClone: newClone,
		maxTables: () => 100,
	});
	let restored = 0;
	await fc.assert(
		fc.asyncProperty(
			fc.array(programs, { minLength: 1, maxLength: 4 }),
			laterProgram,
			async (tests, later) => {
				let clone = await newClone();
				await restorer.track(clone);
				for (const each of tests) {
					for (const one of each) await run(one, clone);
					const result = await restorer.restore(clone, newName());
					clone = result.name;
					if (!result.restored) return;
					restored++;
					expect(await describe(clone)).toEqual(template);
				}
				const fresh = await newClone();
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
}, 120_000);

const rowsOf = (description: Readonly<Record<string, string | null>>) =>
	Object.fromEntries(Object.entries(description).filter(([name]) => !/^pg_|^information_schema/.test(name)));

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProcess } from '../helpers/child-process.ts';
import { linkClients, withoutSchemaEngine } from '../helpers/client-packages.ts';
import { makeProject, pluginWith, runVitest, usePackage } from '../vitest/project.ts';

usePackage();

/** Each client in the same form: `add` and `notes` on a client or transaction, `transaction`, `close`. */
const adapters = {
	'pg.ts': `
		const on = (client, transaction) => ({
			add: (text) => client.query('INSERT INTO note (text) VALUES ($1)', [text]),
			notes: async () => (await client.query('SELECT text FROM note ORDER BY id')).rows.map(({ text }) => text),
			transaction,
		});
		export const open = ({ pool }) => on(pool, async (run) => {
			const client = await pool.connect();
			try {
				await client.query('BEGIN');
				await run(on(client));
				await client.query('COMMIT');
			} catch (error) {
				await client.query('ROLLBACK');
				throw error;
			} finally {
				client.release();
			}
		});`,
	'drizzle.ts': `
		import { drizzle } from 'drizzle-orm/node-postgres';
		import { pgTable, text, integer } from 'drizzle-orm/pg-core';
		const note = pgTable('note', { id: integer().generatedAlwaysAsIdentity(), text: text() });
		const on = (db) => ({
			add: async (text) => await db.insert(note).values({ text }),
			notes: async () => (await db.select().from(note).orderBy(note.id)).map(({ text }) => text),
			transaction: (run) => db.transaction((tx) => run(on(tx))),
		});
		export const open = ({ pool }) => on(drizzle(pool));`,
	'kysely.ts': `
		import { Kysely, PostgresDialect } from 'kysely';
		const on = (db) => ({
			add: (text) => db.insertInto('note').values({ text }).execute(),
			notes: async () => (await db.selectFrom('note').select('text').orderBy('id').execute()).map(({ text }) => text),
			transaction: (run) => db.transaction().execute((tx) => run(on(tx))),
		});
		export const open = ({ pool }) => on(new Kysely({ dialect: new PostgresDialect({ pool }) }));`,
	'knex.ts': `
		import knex from 'knex';
		const on = (db) => ({
			add: (text) => db('note').insert({ text }),
			notes: () => db('note').orderBy('id').pluck('text'),
			transaction: (run) => db.transaction((tx) => run(on(tx))),
		});
		export const open = ({ pool }) => on(knex({ client: 'pg', connectionPool: pool }));`,
	'typeorm.ts': `
		import { DataSource, EntitySchema } from 'typeorm';
		const Note = new EntitySchema({
			name: 'note',
			columns: { id: { type: 'int', primary: true, generated: true }, text: { type: 'text' } },
		});
		const on = (manager) => ({
			add: (text) => manager.insert(Note, { text }),
			notes: async () => (await manager.find(Note, { order: { id: 'ASC' } })).map(({ text }) => text),
			transaction: (run) => manager.transaction((inner) => run(on(inner))),
		});
		export const open = async ({ pool }) => {
			const source = new DataSource({ type: 'postgres', extra: pool.options, entities: [Note] });
			await source.initialize();
			return { ...on(source.manager), close: () => source.destroy() };
		};`,
	'prisma.ts': `
		import { PrismaPg } from '@prisma/adapter-pg';
		import { PrismaClient } from './generated/client.ts';
		const on = (prisma) => ({
			add: (text) => prisma.note.create({ data: { text } }),
			notes: async () => (await prisma.note.findMany({ orderBy: { id: 'asc' } })).map(({ text }) => text),
			transaction: (run) => prisma.$transaction((tx) => run(on(tx))),
		});
		export const open = ({ pool }) => {
			const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
			return { ...on(prisma), close: () => prisma.$disconnect() };
		};`,
	'prisma/schema.prisma': `
		generator client {
			provider = "prisma-client"
			output = "../generated"
		}
		datasource db {
			provider = "postgresql"
		}
		model note {
			id Int @id @default(autoincrement())
			text String @unique
		}`,
};

const names = ['pg', 'drizzle', 'kysely', 'knex', 'typeorm', 'prisma'];
/** Those that offer a transaction within one. */
const nesting = ['drizzle', 'knex', 'typeorm'];

const nests = `
	test('nests transactions', async ({ db }) => {
		await db.transaction(async (outer) => {
			await outer.add('outer');
			await outer.transaction((inner) => inner.add('inner'));
			await expect(fails(outer, 'lost')).rejects.toThrow('no');
		});
		expect(await db.notes()).toEqual(['outer', 'inner']);
	});`;

const testFile = (name: string) => `
	import { describe, expect } from 'vitest';
	import { databaseTest, test as serverTest, transactionTest } from 'slipway/vitest';
	import { open } from './${name}.ts';
	const withDb = (level) => level.extend({
		db: async ({ pool }, use) => {
			const db = await open({ pool });
			await use(db);
			await db.close?.();
		},
	});
	const fails = (db, text) => db.transaction(async (tx) => { await tx.add(text); throw new Error('no'); });
	for (const [name, level] of Object.entries({ serverTest, databaseTest, transactionTest }))
		withDb(level)('commits and rolls back in a ' + name, async ({ db }) => {
			await db.transaction((tx) => tx.add('kept'));
			await expect(fails(db, 'lost')).rejects.toThrow('no');
			await db.add('alone');
			expect(await db.notes()).toEqual(['kept', 'alone']);
		});
	describe('in a transactionTest', () => {
		const test = withDb(transactionTest);
		test('sees nothing of other tests, and goes on after an error', async ({ db }) => {
			expect(await db.notes()).toEqual([]);
			await db.add('one');
			await expect(db.add('one')).rejects.toThrow();
			await expect(db.transaction(async (tx) => { await tx.add('two'); await tx.add('one'); })).rejects.toThrow();
			await db.add('two');
			expect(await db.notes()).toEqual(['one', 'two']);
		});
		test('runs transactions and queries at the same time', async ({ db }) => {
			const texts = ['one', 'two', 'three'];
			const settled = await Promise.allSettled([
				...texts.map((text) => db.transaction((tx) => tx.add(text))),
				fails(db, 'lost'),
				db.add('alone'),
			]);
			expect(settled.map(({ status }) => status === 'fulfilled')).toEqual([true, true, true, false, true]);
			expect((await db.notes()).toSorted()).toEqual(['alone', ...texts].toSorted());
		});
		${nesting.includes(name) ? nests : ''}
	});`;

test('each client works at each level, with its transactions as savepoints', async () => {
	const project = makeProject({
		// With --no-isolate, the files of a worker would share the server of the environment.
		'vitest.config.ts': pluginWith('url: false'),
		...adapters,
		...Object.fromEntries(names.map((name) => [`${name}.test.ts`, testFile(name)])),
	});
	await linkClients(join(project, 'node_modules'));
	const prisma = await runProcess(process.execPath, ['node_modules/prisma/build/index.js', 'generate'], {
		cwd: project,
		env: withoutSchemaEngine,
	});
	expect(prisma.status, prisma.stderr).toBe(0);
	const { stdout, stderr } = await runVitest(project, ['--reporter=verbose', '--no-isolate']);
	expect(stdout + stderr).toMatch(/Tests +33 passed/);
});

test('cursors, streams and COPY of pg work, and share the connection with other queries', async () => {
	const project = makeProject({
		'sample.test.ts': `
			import Cursor from 'pg-cursor';
			import QueryStream from 'pg-query-stream';
			import { pipeline } from 'node:stream/promises';
			import { from, to } from 'pg-copy-streams';
			import { expect } from 'vitest';
			import { transactionTest as test } from 'slipway/vitest';
			const series = 'SELECT x FROM generate_series(1, 3) AS x';
			test('reads', async ({ pool }) => {
				const client = await pool.connect();
				const cursor = client.query(new Cursor(series));
				expect(await cursor.read(2)).toEqual([{ x: 1 }, { x: 2 }]);
				const waiting = pool.query('SELECT 4 AS x');
				expect(await cursor.read(2)).toEqual([{ x: 3 }]);
				await cursor.close();
				expect((await waiting).rows).toEqual([{ x: 4 }]);
				const rows = [];
				for await (const row of client.query(new QueryStream(series))) rows.push(row.x);
				expect(rows).toEqual([1, 2, 3]);
				await expect(client.query(new Cursor('SELECT 1/0')).read(1)).rejects.toMatchObject({ code: '22012' });
				await expect(client.query(new Cursor('COMMIT')).read(1)).rejects.toThrow('does not work in a transactionTest');
				await client.query('BEGIN');
				for await (const row of client.query(new QueryStream(series))) rows.push(row.x);
				await client.query('COMMIT');
				client.release();
				expect(rows).toHaveLength(6);
			});
			test('copies', async ({ pool }) => {
				const client = await pool.connect();
				await pipeline(['one\\n', 'two\\n'], client.query(from('COPY note (text) FROM stdin')));
				const copied = client.query(to('COPY (SELECT text FROM note ORDER BY id) TO stdout'));
				expect((await copied.toArray()).join('')).toBe('one\\ntwo\\n');
				const failing = pipeline(['one\\n'], client.query(from('COPY note (text) FROM stdin')));
				await expect(failing).rejects.toMatchObject({ code: '23505' });
				client.release();
				expect((await pool.query('SELECT FROM note')).rowCount).toBe(2);
			});`,
	});
	await linkClients(join(project, 'node_modules'));
	const { stdout, stderr } = await runVitest(project);
	expect(stdout + stderr).toMatch(/Tests +2 passed/);
});

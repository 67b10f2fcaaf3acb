import { expect, test } from 'vitest';
import { makeProject, runVitest, usePackage } from './project.ts';

usePackage();

async function runSample(body: string): Promise<string> {
	const project = makeProject({
		'sample.test.ts': `
			import { expect } from 'vitest';
			import { writeFileSync } from 'node:fs';
			import postgres from 'postgres';
			import { test as serverTest, transactionTest as test } from 'slipway/vitest';
			const put = (sql, text) => sql\`INSERT INTO note (text) VALUES (\${text})\`;
			const notes = async (sql) => (await sql\`SELECT text FROM note ORDER BY id\`).map(({ text }) => text);
			${body}`,
	});
	const { stdout, stderr } = await runVitest(project, ['--reporter=verbose']);
	return `${stdout}\n${stderr}`;
}

test('the client of a transactionTest has every member, and each works or names the isolation level to use', async () => {
	const output = await runSample(`
		const refused = ['close', 'end', 'largeObject', 'listen', 'subscribe'];
		const same = ['CLOSE', 'END', 'PostgresError'];
		const tried = {
			array: async (sql) => expect(await sql\`SELECT \${sql.array([1, 2])}::int[] AS x\`).toEqual([{ x: [1, 2] }]),
			begin: async (sql) => expect(await sql.begin((tx) => tx\`SELECT 1 AS x\`)).toEqual([{ x: 1 }]),
			file: async (sql) => {
				writeFileSync('query.sql', 'SELECT 1 AS x');
				expect(await sql.file('query.sql')).toEqual([{ x: 1 }]);
			},
			json: async (sql) => expect(await sql\`SELECT \${sql.json([1])}::jsonb AS x\`).toEqual([{ x: [1] }]),
			notify: async (sql) => expect(await sql.notify('channel', 'text')).toHaveLength(1),
			options: async (sql) => expect(sql.options.parsers[25]).toBeUndefined(),
			parameters: async (sql) => expect(sql.parameters.server_version).toEqual(expect.any(String)),
			reserve: async (sql) => {
				const reserved = await sql.reserve();
				expect(await reserved\`SELECT 1 AS x\`).toEqual([{ x: 1 }]);
				await expect(sql.reserve()).rejects.toThrow(/sql.reserve\\(\\) does not work.*\\nUse databaseTest/);
				reserved.release();
				(await sql.reserve()).release();
			},
			typed: async (sql) => expect(await sql\`SELECT \${sql.typed('1', 25)} AS x\`).toEqual([{ x: '1' }]),
			types: async (sql) => expect(sql.types).toBe(sql.typed),
			unsafe: async (sql) => expect(await sql.unsafe('SELECT $1::int AS x', [1])).toEqual([{ x: 1 }]),
		};
		const plain = postgres();
		const names = (sql) => Object.keys(sql).sort();
		const membersOf = async (sql) => {
			const reserved = await sql.reserve();
			reserved.release();
			return { reserved: names(reserved), begun: await sql.begin((tx) => names(tx)) };
		};
		let members;
		const settings = { wal_level: 'logical', max_wal_senders: '4' };
		serverTest.extend({ postgres: { settings } })('subscribes', async ({ sql, connect }) => {
			const admin = connect({ as: 'admin' });
			await admin\`CREATE PUBLICATION alltables FOR ALL TABLES\`;
			const { promise, resolve } = Promise.withResolvers();
			const { unsubscribe } = await admin.subscribe('insert:note', resolve);
			await put(sql, 'told');
			expect(await promise).toMatchObject({ text: 'told' });
			unsubscribe();
			members = await membersOf(sql);
		});
		test('has all members and no others', async ({ sql }) => {
			expect(names(sql)).toEqual(names(plain));
			expect(await membersOf(sql)).toEqual(members);
			expect(names(sql)).toEqual([...refused, ...same, ...Object.keys(tried)].sort());
			for (const name of same) expect(sql[name], name).toBe(plain[name]);
			for (const name of refused) expect(() => sql[name](), name).toThrow('does not work in a transactionTest');
		});
		for (const [name, use] of Object.entries(tried)) test('has ' + name, async ({ sql }) => use(sql));`);
	expect(output).toMatch(/Tests +13 passed/);
});

test('queries have all their forms, including those of cursors', async () => {
	const output = await runSample(`
		const series = (sql) => sql\`SELECT x FROM generate_series(1, 3) AS x\`;
		test('reads', async ({ sql }) => {
			expect(await series(sql).values()).toEqual([[1], [2], [3]]);
			expect((await series(sql).raw())[0][0].toString()).toBe('1');
			expect((await series(sql).describe()).columns).toHaveLength(1);
			expect(await sql\`SELECT 1 AS x; SELECT 2 AS x\`.simple()).toEqual([[{ x: 1 }], [{ x: 2 }]]);
			const each = [];
			await series(sql).forEach((row) => each.push(row.x));
			await series(sql).cursor((rows) => { each.push(rows[0].x); return each.length > 4 ? sql.CLOSE : undefined; });
			for await (const [row] of series(sql).cursor()) { each.push(row.x); break; }
			for await (const rows of series(sql).cursor(2)) each.push(rows.length);
			expect(each).toEqual([1, 2, 3, 1, 2, 1, 2, 1]);
			const values = sql(['a', 'b'].map((text) => ({ text })));
			await sql\`INSERT INTO note \${values}\`;
			expect(await sql\`SELECT \${sql('text')} FROM \${sql('note')} WHERE text IN \${sql(['a'])}\`).toEqual([{ text: 'a' }]);
		});
		test('copies', async ({ sql }) => {
			const sink = await sql\`COPY note (text) FROM stdin\`.writable();
			await new Promise((resolve) => sink.end('copied\\n', resolve));
			expect(await notes(sql)).toEqual(['copied']);
		});
		test('refuses a query while a cursor waits', async ({ sql }) => {
			const message = /while a cursor waits.*\\n.*use databaseTest/;
			await expect(series(sql).cursor(async () => { await put(sql, 'x'); })).rejects.toThrow(message);
		});
		test('refuses it in a loop, too', async ({ sql }) => {
			const loop = async () => { for await (const rows of series(sql).cursor(1)) await put(sql, 'x'); };
			await expect(loop()).rejects.toThrow(/while a cursor waits/);
			await put(sql, 'after');
			expect(await notes(sql)).toEqual(['after']);
		});`);
	expect(output).toMatch(/Tests +4 passed/);
});

test('begin accepts nested begins, notifications and modes, and reverts its modes', async () => {
	const output = await runSample(`
		test('nested', async ({ sql }) => {
			await sql.begin(async (outer) => {
				await put(outer, 'outer');
				await sql.begin(async (inner) => {
					await put(inner, 'inner');
					await inner.notify('channel', 'text');
					await sql.begin((deepest) => put(deepest, 'deepest'));
				});
				await expect(sql.begin(async (inner) => { await put(inner, 'lost'); throw new Error('no'); })).rejects.toThrow('no');
				await outer.savepoint('named', async (inner) => { await sql.begin((tx) => put(tx, 'savepoint')); });
			});
			expect(await notes(sql)).toEqual(['outer', 'inner', 'deepest', 'savepoint']);
			await sql.begin((tx) => [put(tx, 'one'), put(tx, 'two')]);
			expect(await notes(sql)).toHaveLength(6);
		});
		test('read only, and read write again', async ({ sql }) => {
			expect(await sql.begin('read only', async (tx) => { await tx\`SELECT\`; return notes(tx); })).toEqual([]);
			await expect(sql.begin('READ ONLY', (tx) => put(tx, 'x'))).rejects.toMatchObject({ code: '25006' });
			await sql.begin('read only', async () => {
				await expect(sql.begin('read write', async () => {})).rejects.toThrow(/read write.*\\nUse databaseTest/);
			}).catch(() => {});
			await sql.begin('read write', (tx) => put(tx, 'x'));
			await put(sql, 'y');
			expect(await notes(sql)).toEqual(['x', 'y']);
		});
		test('isolation levels', async ({ sql }) => {
			await sql.begin('isolation level read committed', (tx) => put(tx, 'x'));
			await sql.begin('transaction isolation level read committed read write', (tx) => put(tx, 'y'));
			for (const modes of ['isolation level serializable', 'isolation level repeatable read, read only', 'deferrable'])
				await expect(sql.begin(modes, (tx) => put(tx, 'z'))).rejects.toThrow(/does not work in a transactionTest.*\\nUse databaseTest/);
			expect(await notes(sql)).toEqual(['x', 'y']);
		});
		test('no prepared transaction', async ({ sql }) => {
			await sql.begin(async (tx) => { expect(() => tx.prepare('x')).toThrow(/sql.prepare\\(\\).*\\nUse databaseTest/); });
		});`);
	expect(output).toMatch(/Tests +4 passed/);
});

test('an error caused by the test’s transaction says so, and names a fix', async () => {
	const output = await runSample(`
		const aborted = /aborted, commands ignored.*\\nAn earlier error aborted the transaction.*: null value in column "text".*\\nWrap .* sql.begin\\(\\).* or use databaseTest/;
		test('after an error', async ({ sql }) => {
			await expect(put(sql, null)).rejects.toMatchObject({ code: '23502' });
			await expect(notes(sql)).rejects.toThrow(aborted);
			await expect(sql.unsafe('SELECT 1')).rejects.toMatchObject({ code: '25P02', message: expect.stringMatching(aborted) });
			await expect(sql.begin((tx) => notes(tx))).rejects.toThrow(aborted);
			await expect((async () => { for await (const _ of sql\`SELECT 1\`.cursor()); })()).rejects.toThrow(aborted);
		});
		test('but not after one within begin', async ({ sql }) => {
			await expect(sql.begin((tx) => put(tx, null))).rejects.toMatchObject({ code: '23502' });
			expect(await notes(sql)).toEqual([]);
		});
		test('a statement that cannot run in a transaction', async ({ sql }) => {
			await expect(sql.unsafe('VACUUM note')).rejects.toThrow(/transaction block\\nThe test runs in a transaction. Use databaseTest/);
		});
		test('is shown', async ({ sql }) => {
			await put(sql, null).catch(() => {});
			await notes(sql);
		});`);
	expect(output).toMatch(/Tests +1 failed \| 3 passed/);
	expect(output).toMatch(
		/PostgresError: current transaction is aborted.*\nAn earlier error aborted .*: null value/,
	);
});

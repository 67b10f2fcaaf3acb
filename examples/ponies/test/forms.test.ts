import pg from 'pg';
import { expect, vi } from 'vitest';
import { createApp } from '../src/app.tsx';
import { openDatabase } from '../src/database/database.ts';
import { addPony, test } from './fixtures.ts';
import { Visitor } from './visitor.ts';

test('a pony is added, changed and deleted by forms', async ({ db, visitor }) => {
	const { owner_id } = await addPony(db, { name: 'Biscuit' });
	const form = { name: 'Clover', owner_id: String(owner_id), born: '2020', handlers: 'Kim, Lee, Kim,' };
	expect(await visitor.send('/ponies', form)).toMatchObject({ status: 303, location: '/ponies' });
	const list = await visitor.open('/ponies');
	expect(list.text).toContain('Kim, Lee');
	const [, path = ''] = list.text.match(/href="(\/ponies\/\d+)">Clover/) ?? [];
	expect((await visitor.open(path)).text).toContain('value="Kim, Lee"');
	expect(await visitor.send(path, { ...form, name: 'Dot' })).toMatchObject({ status: 303 });
	expect((await visitor.open(path)).text).toContain('value="Dot"');
	expect(await visitor.send(`${path}/delete`, {})).toMatchObject({ status: 303 });
	expect(await visitor.open(path)).toMatchObject({ status: 404 });
	expect(await visitor.send(path, form)).toMatchObject({ status: 404 });
	expect(await visitor.send(`${path}/delete`, {})).toMatchObject({ status: 404 });
});

test('a message is shown once', async ({ db, visitor }) => {
	const { id } = await addPony(db, { name: 'Biscuit' });
	await visitor.send(`/ponies/${id}/delete`, {});
	expect((await visitor.open('/ponies')).text).toContain('Biscuit was deleted.');
	expect((await visitor.open('/ponies')).text).not.toContain('Biscuit was deleted.');
});

test('an invalid form is shown again with the values entered and the errors', async ({ visitor }) => {
	const form = { name: ' ', owner_id: '', born: 'last year', handlers: 'Kim' };
	const { status, text } = await visitor.send('/ponies', form);
	expect(status).toBe(422);
	expect(text).toContain('value="last year"');
	expect(text).toContain('value="Kim"');
	for (const message of ['Enter a name.', 'Choose an owner.', 'Enter a year, such as 2020.'])
		expect(text).toContain(message);
	expect(text).toMatch(/<input id="name"[^>]* aria-describedby="name-error" aria-invalid="true"/);
});

test('a name that the owner has already used is refused by the database', async ({ db, visitor }) => {
	const { owner_id } = await addPony(db, { name: 'Biscuit' });
	const form = { name: 'Biscuit', owner_id: String(owner_id), born: '2020', handlers: 'Kim' };
	const again = await visitor.send('/ponies', form);
	expect(again).toMatchObject({
		status: 409,
		text: expect.stringContaining('already has a pony of that name'),
	});
	const ownerless = await visitor.send('/ponies', { ...form, owner_id: '77' });
	expect(ownerless).toMatchObject({ status: 409, text: expect.stringContaining('no longer exists') });
	expect(await db.selectFrom('handler').selectAll().execute()).toEqual([]);
});

test('a name that PostgreSQL cannot store is refused', async ({ visitor }) => {
	expect(await visitor.send('/owners', { name: 'A\0da' })).toMatchObject({
		status: 422,
		text: expect.stringContaining('Remove the control characters.'),
	});
});

test('names are escaped in pages and in SQL', async ({ db, visitor }) => {
	await addPony(db, { name: '<b>Biscuit</b>', handlers: ["'); DROP TABLE pony; --"] });
	const { text } = await visitor.open('/ponies');
	expect(text).toContain('&lt;b&gt;Biscuit&lt;/b&gt;');
	expect(text).toContain('DROP TABLE pony');
});

test('unknown pages are 404, including ids that are out of range', async ({ visitor }) => {
	for (const path of ['/ponies/7', '/ponies/x', '/ponies/99999999999', '/horses'])
		expect(await visitor.open(path)).toMatchObject({ status: 404 });
});

test('a form that is too large is refused', async ({ visitor }) => {
	expect(await visitor.send('/owners', { name: 'x'.repeat(20_000) })).toMatchObject({
		status: 413,
		text: expect.stringContaining('The form is too large.'),
	});
});

test('the cause of an error is logged, and not shown', async () => {
	const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
	const db = openDatabase(new pg.Pool({ host: '127.0.0.1', port: 1 }));
	const visitor = new Visitor(createApp({ db, secretKey: 'a key', secureCookies: false }));
	expect(await visitor.open('/ponies')).toMatchObject({
		status: 500,
		text: expect.not.stringContaining('ECONNREFUSED'),
	});
	expect(logged).toHaveBeenCalledWith(expect.objectContaining({ code: 'ECONNREFUSED' }));
});

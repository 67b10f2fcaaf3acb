import { generateSignedCookie } from 'hono/cookie';
import { expect } from 'vitest';
import { createApp } from '../src/app.tsx';
import { test } from './fixtures.ts';
import { Visitor } from './visitor.ts';

const ada = { name: 'Ada' };

test('a form from another origin is refused, even with the token', async ({ visitor }) => {
	for (const headers of [{ Origin: 'https://elsewhere.example' }, { Origin: 'null' }])
		expect(await visitor.send('/owners', ada, headers)).toMatchObject({ status: 403 });
	const sameSite = { Origin: 'http://localhost:4000', 'Sec-Fetch-Site': 'same-site' };
	expect(await visitor.send('/owners', ada, sameSite)).toMatchObject({ status: 403 });
	expect((await visitor.open('/owners')).text).not.toContain('Ada');
});

test('a form without the token of its session is refused, whatever the headers say', async ({
	db,
	visitor,
}) => {
	for (const token of ['', 'guessed'])
		expect(await visitor.send('/owners', { ...ada, token })).toMatchObject({ status: 403 });
	const other = new Visitor(createApp({ db, secretKey: 'a key of the tests', secureCookies: false }));
	await other.open('/owners');
	expect(await visitor.send('/owners', { ...ada, token: other.token })).toMatchObject({ status: 403 });
	expect((await visitor.open('/owners')).text).not.toContain('Ada');
});

test('an invalid session, or one signed with another key, is replaced by a new one', async ({
	db,
	visitor,
}) => {
	await visitor.open('/owners');
	const { token, cookie } = visitor;
	const other = new Visitor(createApp({ db, secretKey: 'another key', secureCookies: false }));
	const notJson = (await generateSignedCookie('session', 'x', 'another key')).split(';')[0] ?? '';
	for (const forged of [cookie, cookie.replace('token', 'tokem'), 'session=x', 'session=', notJson]) {
		other.cookie = forged;
		expect(await other.open('/owners')).toMatchObject({ status: 200 });
		expect(other.token).not.toBe(token);
	}
});

test('scripts cannot read the session, and in production it is bound to HTTPS and to the host', async ({
	db,
}) => {
	const cookieOf = async (secureCookies: boolean) =>
		(await createApp({ db, secretKey: 'a key', secureCookies }).request('/owners')).headers.get('Set-Cookie');
	expect(await cookieOf(false)).toMatch(/^session=.*; Path=\/; HttpOnly; SameSite=Lax$/);
	expect(await cookieOf(true)).toMatch(/^__Host-session=.*; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
});

test('in production a form of the session is accepted', async ({ db }) => {
	const visitor = new Visitor(createApp({ db, secretKey: 'a key', secureCookies: true }));
	expect(await visitor.send('/owners', ada)).toMatchObject({ status: 303 });
});

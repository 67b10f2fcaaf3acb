import { expect } from 'vitest';
import { clientOf } from './client.ts';
import { test } from './rolled-back.ts';

const ada = { username: 'ada', password: 'correct horse' };

test('a username can be registered only once', async ({ app }) => {
	const client = clientOf(app);
	expect(await client.post('/users', ada)).toEqual({ status: 201, body: { username: 'ada' } });
	expect(await client.post('/users', { ...ada, password: 'another one' })).toEqual({
		status: 409,
		body: { error: 'The name ada is taken' },
	});
});

test('a password is stored as a salted hash of 128 characters', async ({ sql, ada: _, eve: __ }) => {
	const hashes = await sql`SELECT password_hash AS hash FROM users`;
	expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(2);
	for (const { hash } of hashes) expect(hash).toMatch(/^[0-9a-f]{128}$/);
});

test.for([
	['a long name', { ...ada, username: 'a'.repeat(41) }],
	['a name with a colon', { ...ada, username: 'a:b' }],
	['a short password', { ...ada, password: 'short' }],
	['no credentials', {}],
] as const)('registration with %s is refused', async ([, body], { app }) => {
	expect(await clientOf(app).post('/users', body)).toMatchObject({ status: 400 });
});

test('another site cannot use a password that the browser remembers', async ({ app, ada: _ }) => {
	const response = await app.request('/games/1/finish', {
		method: 'POST',
		headers: {
			Authorization: `Basic ${btoa('ada:correct horse')}`,
			'Content-Type': 'application/x-www-form-urlencoded',
			Origin: 'https://another.example',
		},
	});
	expect(response.status).toBe(403);
});

test.for([
	['without a login', undefined],
	['with a wrong password', { ...ada, password: 'wrong horse' }],
	['as an unknown user', { ...ada, username: 'nobody' }],
	['with an invalid name', { ...ada, username: 'ada\0' }],
] as const)('a post %s is refused', async ([, login], { app, ada: _ }) => {
	expect(await clientOf(app, login).post('/channels', { channel: 'general' })).toMatchObject({ status: 401 });
});

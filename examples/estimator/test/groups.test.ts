import { expect, test } from 'vitest';
import { app, get, groupNames, post } from './app.ts';

test('every test file starts with only the rows of the test seed', async () => {
	expect(await groupNames()).toEqual(['seeded']);
	expect(await (await get('seeded')).json()).toEqual({ groupname: 'seeded' });
});

test('a created group can be read', async () => {
	expect((await get('planning')).status).toBe(404);
	const created = await post('planning');
	expect(created.status).toBe(201);
	expect(created.headers.get('Location')).toBe('/rest/v1/group/planning');
	expect(await created.text()).toBe('');
	const read = await get('planning');
	expect(read.status).toBe(200);
	expect(await read.json()).toEqual({ groupname: 'planning' });
});

test('a duplicate name is refused, and the group is kept', async () => {
	const refused = await post('seeded');
	expect(refused.status).toBe(409);
	expect(await refused.json()).toEqual({ error: 'The group "seeded" already exists.' });
	expect((await get('seeded')).status).toBe(200);
});

test('another method is refused, and the answer names those that exist', async () => {
	const { status, headers } = await app.request('/rest/v1/group/seeded', { method: 'DELETE' });
	expect([status, headers.get('Allow')]).toEqual([405, 'GET, HEAD, POST']);
});

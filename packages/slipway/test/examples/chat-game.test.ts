import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppProject, expectSuccess, installApp } from './app-project.ts';

let app: AppProject;
beforeAll(async () => {
	app = await installApp('chat-game');
});
afterAll(() => app[Symbol.dispose]());

test('the first migration is what diff writes from the models', async () => {
	expectSuccess(await app.run('npx', 'slipway', 'migrate', 'diff', '--check'));
	const [committed, ...further] = readMigrations();
	expect(further).toEqual([]);
	rmSync(join(app.folder, 'migrations'), { recursive: true });
	expectSuccess(await app.run('npx', 'slipway', 'migrate', 'diff', 'create schema'));
	expect(readMigrations()).toEqual([committed]);
});

/** The migrations, without the timestamps in their names. */
function readMigrations() {
	const folder = join(app.folder, 'migrations');
	return readdirSync(folder).map((file) => ({
		name: file.replace(/^\d+_/, ''),
		text: readFileSync(join(folder, file), 'utf8'),
	}));
}

test('it type-checks, and its tests pass', async () => {
	expectSuccess(await app.run('npm', 'test'));
	expectSuccess(await app.run('npm', 'run', 'check'));
});

test('under npm run dev, a posted message reaches an open page', async () => {
	await app.develop(async (address) => {
		const ada = { username: 'ada', password: 'correct horse' };
		await post(`${address}/users`, ada);
		await post(`${address}/channels`, { channel: 'general' }, ada);
		await using events = await openStream(`${address}/channels/general/events`);
		await post(`${address}/channels/general/messages`, { content: 'hello' }, ada);
		expect(await events.readUntil(/^data: .*$/m)).toContain('"content":"hello"');
	});
});

async function post(
	url: string,
	body: object,
	login?: { username: string; password: string },
): Promise<void> {
	const headers = new Headers({ 'Content-Type': 'application/json' });
	if (login) headers.set('Authorization', `Basic ${btoa(`${login.username}:${login.password}`)}`);
	const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
	if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

async function openStream(url: string) {
	const { body } = await fetch(url);
	if (body === null) throw new Error('no stream');
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	return {
		async readUntil(pattern: RegExp): Promise<string> {
			for (let text = ''; ; ) {
				const match = pattern.exec(text);
				if (match !== null) return match[0];
				const { done, value } = await reader.read();
				if (done) throw new Error(`the stream ended: ${text}`);
				text += value;
			}
		},
		[Symbol.asyncDispose]: () => reader.cancel(),
	};
}

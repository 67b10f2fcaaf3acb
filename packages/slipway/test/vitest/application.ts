/** An application that reads DATABASE_URL when it is imported, and never closes its two pools. */
export const application = `
	import pg from 'pg';
	import postgres from 'postgres';
	export const url = process.env.DATABASE_URL;
	const pool = new pg.Pool({ connectionString: url });
	const client = postgres(url);
	export const add = (text) => pool.query('INSERT INTO note (text) VALUES ($1)', [text]);
	export const list = async () => (await client\`SELECT text FROM note\`).map(({ text }) => text);`;

/** A test file of a user who does not know Slipway. */
export const unchangedTest = `
	import { expect, test } from 'vitest';
	import { add, list, url } from './app.ts';
	test('adds', async () => {
		const before = await list();
		await add('note ' + before.length);
		expect(await list()).toHaveLength(before.length + 1);
		console.log('found ' + before.length + ' notes at ' + new URL(url).port);
	});`;

/** What the unchanged tests have printed: how many notes each found, and on which port. */
export function foundBy(output: string): { readonly notes: number; readonly port: string }[] {
	return [...output.matchAll(/found (\d+) notes at (\d+)/g)].map(([, notes, port = '']) => ({
		notes: Number(notes),
		port,
	}));
}

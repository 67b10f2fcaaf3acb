/** The kinds of isolation to compare. The last one is the reference. */
export const ways = ['own server', 'database per test', 'transaction per test', 'shared database'] as const;
export type Way = (typeof ways)[number];

const fixtures: Record<Way, string> = {
	'own server': `export { test } from 'slipway/vitest';`,
	'database per test': `export { databaseTest as test } from 'slipway/vitest';`,
	'transaction per test': `export { transactionTest as test } from 'slipway/vitest';`,
	'shared database': `
import postgres from 'postgres';
import { inject, test as plain } from 'vitest';

// What one would write by hand: a client for each test file.
export const test = plain.extend('sql', { scope: 'file' }, async ({}, { onCleanup }) => {
	const { host, port, username, password, database } = inject('app');
	const sql = postgres({ host, port, username, password, database, max: 5, onnotice() {} });
	onCleanup(() => sql.end());
	return sql;
});`,
};

const configurations: Record<Way, string> = {
	'own server': withPlugin(),
	'database per test': withPlugin(),
	'transaction per test': withPlugin(),
	'shared database': `
import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { globalSetup: 'shared.js' } });`,
};

const sharedServer = `
import { startPostgres } from 'slipway';
export default async function (project) {
	const server = await startPostgres({ migrations: 'migrations' });
	project.provide('app', server.app);
	return () => server[Symbol.asyncDispose]();
}`;

/** The files that differ between the kinds of isolation. */
export function filesOf(way: Way): Record<string, string> {
	return {
		'test/way.js': fixtures[way],
		'vitest.config.js': configurations[way],
		'shared.js': sharedServer,
	};
}

function withPlugin(): string {
	return `
import { defineConfig } from 'vitest/config';
import { slipway } from 'slipway/vitest/plugin';
export default defineConfig({ plugins: [slipway()] });`;
}

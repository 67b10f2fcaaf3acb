import { appendFileSync, copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { PreparedServer } from 'slipway';
import { readMigrationFiles } from 'slipway';
import { projectRoot } from 'slipway/test-helpers/child-process';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../src/database.ts';
import { readinessOf } from '../src/readiness.ts';

const migrations = join(projectRoot, 'migrations');

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations });
});
afterAll(() => server[Symbol.asyncDispose]());

async function check(directory: string) {
	await using database = openDatabase(server.app, { maxConnections: 1 });
	return await readinessOf(database, () => readMigrationFiles(directory), pino({ level: 'silent' }))();
}

function copyOfMigrations(): string {
	const directory = temporaryDirectory();
	for (const file of readdirSync(migrations)) copyFileSync(join(migrations, file), join(directory, file));
	return directory;
}

test('a database that is newer than the code is ready, and says what the code does not know', async () => {
	expect(await check(copyOfMigrations())).toEqual({ ready: true });
	const newer = readdirSync(migrations).map((file) => file.replace('.sql', ''));
	expect(await check(temporaryDirectory())).toEqual({ ready: true, newer });
});

test('a migration that is not what was applied makes it unready, by name', async () => {
	const directory = copyOfMigrations();
	const [file = ''] = readdirSync(directory);
	appendFileSync(join(directory, file), '\n-- edited');
	const diverged = [file.replace('.sql', '')];
	expect(await check(directory)).toEqual({
		ready: false,
		reason: 'the migrations applied are not these',
		diverged,
	});
});

test('a migration that appears while the service runs makes it unready, by name', async () => {
	const directory = copyOfMigrations();
	await using database = openDatabase(server.app, { maxConnections: 1 });
	const check = readinessOf(database, () => readMigrationFiles(directory), pino({ level: 'silent' }));
	expect(await check()).toEqual({ ready: true });
	const name = '20991231000000000_add-note';
	writeFileSync(join(directory, `${name}.sql`), '-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 1;\n');
	expect(await check()).toEqual({ ready: false, reason: 'migrations are pending', pending: [name] });
});

import { appendFileSync, copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { type PreparedServer, readMigrationFiles, withClient } from 'slipway';
import { projectRoot } from 'slipway/test-helpers/child-process';
import { startTestDatabase } from 'slipway/test-helpers/server';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { tryHit } from '../../src/counter/store.ts';
import { openFlushingDatabase } from '../../src/database/database.ts';
import { type CheckReadiness, createReadinessCheck } from '../../src/health/readiness.ts';

const migrations = join(projectRoot, 'migrations');

let server: PreparedServer;
beforeAll(async () => {
	server = await startTestDatabase({ migrations });
});
afterAll(() => server[Symbol.asyncDispose]());

/** The check of a service whose migrations are in `directory`. */
function open(directory: string): CheckReadiness {
	const database = openFlushingDatabase(server.app);
	onTestFinished(() => database[Symbol.asyncDispose]());
	return createReadinessCheck(
		database,
		() => readMigrationFiles(directory),
		() => tryHit(database),
		pino({ level: 'silent' }),
	);
}

const check = (directory: string) => open(directory)();

function copyOfMigrations(): string {
	const directory = temporaryDirectory();
	for (const file of readdirSync(migrations)) copyFileSync(join(migrations, file), join(directory, file));
	return directory;
}

test('a database that is newer than the code is ready, and the unknown migrations are listed', async () => {
	expect(await check(copyOfMigrations())).toEqual({ ready: true });
	const newer = readdirSync(migrations).map((file) => file.replace('.sql', ''));
	expect(await check(temporaryDirectory())).toEqual({ ready: true, newer });
});

test('a migration file that was edited after it was applied makes the service unready, by name', async () => {
	const directory = copyOfMigrations();
	const [file = ''] = readdirSync(directory);
	appendFileSync(join(directory, file), '\n-- edited');
	const diverged = [file.replace('.sql', '')];
	expect(await check(directory)).toEqual({
		ready: false,
		reason: 'the applied migrations differ from the migration files',
		diverged,
	});
});

test('a migration that appears while the service runs makes it unready, by name', async () => {
	const directory = copyOfMigrations();
	const check = open(directory);
	expect(await check()).toEqual({ ready: true });
	const name = '20991231000000000_add-note';
	writeFileSync(join(directory, `${name}.sql`), '-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 1;\n');
	expect(await check()).toEqual({ ready: false, reason: 'migrations are pending', pending: [name] });
});

describe('a database in which hits fail is not ready', () => {
	test.each([
		[
			'the app made its transactions read-only',
			'ALTER ROLE app_user SET default_transaction_read_only = on',
			'ALTER ROLE app_user RESET default_transaction_read_only',
			'a query of the service fails',
		],
		[
			'the app may not update the counter',
			'REVOKE UPDATE ON counter FROM app_user',
			'GRANT UPDATE ON counter TO app_user',
			'a query of the service fails',
		],
		[
			'the app may not note when a hit was',
			'REVOKE INSERT ON counter_minute FROM app_user',
			'GRANT INSERT ON counter_minute TO app_user',
			'a query of the service fails',
		],
	])('because %s, until that is fixed', async (_, damage, repair, reason) => {
		const admin = { ...server.admin, database: server.app.database };
		await withClient(admin, (sql) => sql.unsafe(damage));
		expect(await check(migrations)).toEqual({ ready: false, reason });
		await withClient(admin, (sql) => sql.unsafe(repair));
		expect(await check(migrations)).toEqual({ ready: true });
	});
});

test('a check counts nothing', async () => {
	const values = () =>
		withClient(server.app, async (sql) => [...(await sql`SELECT name, value FROM counter`)]);
	const before = await values();
	expect(await check(migrations)).toEqual({ ready: true });
	expect(await values()).toEqual(before);
});

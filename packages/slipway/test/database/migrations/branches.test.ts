import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { migrateUp, migrationStatus, rebaseMigrations } from '../../../src/database/migrations/index.ts';
import type { PostgresServer } from '../../../src/postgres/index.ts';
import { makesTable, ownDatabase, tablesOf, writeMigration } from '../../helpers/own-database.ts';
import { startTestServer } from '../../helpers/server.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';

let server: PostgresServer;
beforeAll(async () => {
	server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

/** A repository in which Ada and Ben each added a migration on a branch; Ben's has the lower number. */
function repository() {
	const directory = temporaryDirectory();
	const git = (...args: string[]) =>
		execFileSync('git', ['-C', directory, '-c', 'user.email=x@example.com', ...args], { encoding: 'utf8' });
	const commit = (author: string, name: string, table: string) => {
		writeMigration(directory, name, makesTable(table));
		git('add', '.');
		git('-c', `user.name=${author}`, 'commit', '--quiet', '--message', name);
		return git('rev-parse', 'HEAD').slice(0, 12);
	};
	git('init', '--quiet', '--initial-branch', 'main');
	commit('Eve', '1_base', 'base');
	git('switch', '--quiet', '--create', 'notes');
	const notes = commit('Ada', '20_notes', 'notes');
	git('switch', '--quiet', '--create', 'users', 'main');
	const users = [commit('Ben', '10_users', 'users'), commit('Ben', '11_groups', 'groups')];
	git('switch', '--quiet', 'main');
	return { directory, git, notes, users };
}

test('a migration that another branch overtook is rejected with the origin of both, and rebased', async () => {
	const { migrator } = await ownDatabase(server);
	const { directory, git, notes, users } = repository();
	const merge = (branch: string) => git('-c', 'user.name=Eve', 'merge', '--quiet', '--no-edit', branch);
	merge('notes');
	await migrateUp(migrator, directory);
	merge('users');
	writeMigration(directory, '30_mine', makesTable('mine'));

	const refusal = migrateUp(migrator, directory);
	await expect(refusal).rejects.toMatchObject({
		code: 'migrations-diverged',
		hint: expect.stringContaining('npx slipway migrate rebase'),
	});
	await expect(refusal).rejects.toThrow(
		new RegExp(
			[
				' {2}10_users: it is not applied, but a later one is',
				` {4}from branch users: commit ${users[0]} by Ben, \\d{4}-.*`,
				' {2}11_groups: it is not applied, but a later one is',
				` {4}from branch users: commit ${users[1]} by Ben, .*`,
				' {2}20_notes: it is applied already',
				` {4}from branch notes: commit ${notes} by Ada, .*$`,
			].join('\n'),
		),
	);

	const before = readdirSync(directory);
	const planned = await rebaseMigrations(migrator, directory, { dryRun: true });
	expect(readdirSync(directory)).toEqual(before);
	expect(planned.map(({ from }) => from)).toEqual(['10_users', '11_groups', '30_mine']);
	const renumbered = await rebaseMigrations(migrator, directory);
	expect(renumbered.map(({ to }) => to.replace(/^\d{17}/, '#'))).toEqual(['#_users', '#_groups', '#_mine']);
	expect(readFileSync(join(directory, `${renumbered[0]?.to}.sql`), 'utf8')).toBe(makesTable('users'));
	expect(await rebaseMigrations(migrator, directory)).toEqual([]);

	expect(await migrateUp(migrator, directory)).toEqual(renumbered.map(({ to }) => to));
	expect(await tablesOf(migrator)).toEqual(['base', 'groups', 'mine', 'notes', 'users']);
});

test('a migration of a branch that is not checked out is named by that branch', async () => {
	const { migrator } = await ownDatabase(server);
	const { directory, git, notes } = repository();
	git('switch', '--quiet', 'notes');
	await migrateUp(migrator, directory);
	git('switch', '--quiet', 'users');
	await expect(migrateUp(migrator, directory)).rejects.toThrow(
		new RegExp(` {2}20_notes: .*\n {4}from branch notes: commit ${notes} by Ada`),
	);
	expect((await migrationStatus(migrator, directory)).map(({ state }) => state)).toEqual([
		'applied',
		'out-of-order',
		'out-of-order',
		'newer',
	]);
});

/** A repository with Ada's branch checked out and Ben's merged into it; both used the number 10. */
function sameNumberTwice() {
	const directory = temporaryDirectory();
	const git = (...args: string[]) =>
		execFileSync('git', ['-C', directory, '-c', 'user.email=x@example.com', '-c', 'user.name=Ada', ...args]);
	const commit = (name: string) => {
		writeMigration(directory, name, makesTable(name.replace(/^\d+_/, '')));
		git('add', '.');
		git('commit', '--quiet', '--message', name);
	};
	git('init', '--quiet', '--initial-branch', 'main');
	commit('1_base');
	git('switch', '--quiet', '--create', 'notes');
	commit('10_notes');
	commit('11_comments');
	git('switch', '--quiet', 'main');
	commit('10_users');
	commit('12_groups');
	git('switch', '--quiet', 'notes');
	git('merge', '--quiet', '--no-edit', 'main');
	return { directory, git };
}

const withoutNumber = (renumberings: Awaited<ReturnType<typeof rebaseMigrations>>) =>
	renumberings.map(({ from, to }) => `${from} ${to.replace(/^\d{17}/, '#')}`);

test('of two with the same number, the one from the current branch is renumbered, with those that follow it there', async () => {
	const { migrator } = await ownDatabase(server);
	const { directory } = sameNumberTwice();
	const refusal = migrateUp(migrator, directory);
	await expect(refusal).rejects.toMatchObject({ code: 'same-number' });
	await expect(refusal).rejects.toThrow(
		/10_notes\.sql and 10_users\.sql\n {4}10_notes is from branch notes: commit .*\n {4}10_users is from branch main: commit /,
	);
	const renumbered = await rebaseMigrations(migrator, directory);
	expect(withoutNumber(renumbered)).toEqual(['10_notes #_notes', '11_comments #_comments']);
	expect(await migrateUp(migrator, directory)).toEqual([
		'1_base',
		'10_users',
		'12_groups',
		...renumbered.map(({ to }) => to),
	]);
});

test('of two with the same number, the one that is not applied is renumbered', async () => {
	const { migrator } = await ownDatabase(server);
	const { directory, git } = sameNumberTwice();
	git('switch', '--quiet', '--detach', 'notes~1');
	expect(await migrateUp(migrator, directory)).toEqual(['1_base', '10_notes', '11_comments']);
	git('switch', '--quiet', 'notes');
	const renumbered = await rebaseMigrations(migrator, directory);
	expect(withoutNumber(renumbered)).toEqual(['10_users #_users', '12_groups #_groups']);
	expect(await migrateUp(migrator, directory)).toEqual(renumbered.map(({ to }) => to));
});

test('a commit that is on no branch is reported as such', async () => {
	const { migrator } = await ownDatabase(server);
	const { directory, git } = sameNumberTwice();
	git('switch', '--quiet', '--detach', 'main~1');
	await migrateUp(migrator, directory);
	writeMigration(directory, '9_lost', makesTable('lost'));
	git('add', '.');
	git('commit', '--quiet', '--message', 'lost');
	await expect(migrateUp(migrator, directory)).rejects.toThrow(
		/9_lost: .*\n {4}from commit [0-9a-f]{12} by Ada, .*, which is on no branch\n/,
	);
});

test('if git does not trust the folder, that is reported once, with the fix', async ({ onTestFinished }) => {
	const { migrator } = await ownDatabase(server);
	const { directory } = sameNumberTwice();
	onTestFinished(() => void vi.unstubAllEnvs());
	vi.stubEnv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1').stubEnv('GIT_CONFIG_NOSYSTEM', '1');
	vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
	await expect(migrateUp(migrator, directory)).rejects.toThrow(
		/10_users\.sql\n {2}their origin is unknown, .* To trust it: git config --global --add safe\.directory \S+$/,
	);
});

test('of many that diverged, some of each kind are named', async () => {
	const { migrator } = await ownDatabase(server);
	const directory = temporaryDirectory();
	for (let number = 101; number <= 120; number++) writeMigration(directory, `${number}_later`, 'SELECT 1;');
	await migrateUp(migrator, directory);
	for (let number = 1; number <= 12; number++) writeMigration(directory, `${number}_early`, 'SELECT 1;');
	const error = await migrateUp(migrator, directory).catch((error: Error) => error);
	const lines = (error as Error).message.split('\n');
	expect(lines.filter((line) => line.endsWith('a later one is'))).toHaveLength(10);
	expect(lines.filter((line) => line.endsWith('it is applied already'))).toHaveLength(10);
	expect(lines.at(-1)).toBe('  and 12 more: npx slipway migrate status');
});

test('without a repository, it is rejected as well', async () => {
	const { migrator } = await ownDatabase(server);
	const directory = temporaryDirectory();
	writeMigration(directory, '2_b', makesTable('b'));
	await migrateUp(migrator, directory);
	writeMigration(directory, '1_a', makesTable('a'));
	await expect(migrateUp(migrator, directory)).rejects.toThrow(
		/1_a: it is not applied, but a later one is\n {2}2_b: it is applied already$/,
	);
});

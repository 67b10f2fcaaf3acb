import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { withClient } from '../../src/connection/index.ts';
import { withDevData } from '../../src/database/dev-data/index.ts';
import { parseSettings } from '../../src/settings/index.ts';
import { makeProject, slipway, main as slipwayMain, startSlipway } from '../cli/project.ts';
import { query } from '../cli/query.ts';
import { toolRoot } from '../helpers/child-process.ts';
import { eventually } from '../helpers/eventually.ts';
import { startOnTerminal } from '../helpers/terminal.ts';

const git = (project: string, ...args: string[]) =>
	execFileSync(
		'git',
		['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false', ...args],
		{
			cwd: project,
			stdio: 'pipe',
			encoding: 'utf8',
		},
	);

/** A service that answers with the notes in its database. */
const service = `
	import { createServer } from 'node:http';
	import postgres from ${JSON.stringify(join(toolRoot, '../../node_modules/postgres/src/index.js'))};
	const sql = postgres(process.env.DATABASE_URL, { max: 2, onnotice: () => {} });
	createServer(async (request, response) => {
		const rows = await sql.unsafe('SELECT text FROM note ORDER BY text').values().catch(() => []);
		response.end(rows.flat().join());
	}).listen(0, '127.0.0.1', function () { process.send({ address: 'http://127.0.0.1:' + this.address().port }); });`;

/** A repository with the branch main. Commits everything but the folder of the dev server. */
function makeRepository(files: Readonly<Record<string, string>> = {}): string {
	const project = makeProject({
		'.gitignore': '.slipway\n.state\n',
		'slipway.config.js': "export default { dev: { branches: true, command: 'node service.mjs' } }",
		'service.mjs': service,
		...files,
	});
	git(project, 'init', '-q', '-b', 'main');
	commit(project);
	onTestFinished(async () => void (await slipway(project, ['down'])));
	return project;
}

function commit(project: string): void {
	git(project, 'add', '.');
	git(project, 'commit', '-q', '-m', 'x');
}

/** Adds a commit to a branch that is not checked out. */
function commitElsewhere(project: string, branch: string, files: Readonly<Record<string, string>>): void {
	const elsewhere = join(project, '.state/elsewhere');
	git(project, 'worktree', 'add', '-q', elsewhere, branch);
	for (const [path, text] of Object.entries(files)) writeFileSync(join(elsewhere, path), text);
	commit(elsewhere);
	git(project, 'worktree', 'remove', elsewhere);
}

const addMigration = (project: string, name: string, text: string) =>
	writeFileSync(join(project, `migrations/${name}.sql`), `${text};`);

const urlOf = async (project: string) => (await slipway(project, ['url'])).stdout.trim();
const notesAt = (url: string) => query(url, 'SELECT text FROM note ORDER BY text');
const insert = (url: string, text: string) => query(url, `INSERT INTO note VALUES ('${text}')`);

describe('a database for each git branch', () => {
	test('is used by every command, and has the data of the branch that it came from', async () => {
		const project = makeRepository({ 'seeds/1_note.sql': "INSERT INTO note VALUES ('seeded');" });
		await slipway(project, ['up']);
		const main = await urlOf(project);
		expect(main).toMatch(/\/app\?/);
		await insert(main, 'of main');

		git(project, 'checkout', '-q', '-b', 'Feature/ünï');
		addMigration(project, '2_more', 'CREATE TABLE more ()');
		const feature = await slipway(project, ['url']);
		expect(feature.stderr).toMatch(/"Feature\/ünï" has the database .* a copy of the branch "main"/);
		expect(feature.stderr).toContain('applied 2_more');
		const url = feature.stdout.trim();
		expect(await notesAt(url)).toEqual(['first', 'of main', 'seeded']);
		await insert(url, 'of feature');
		commit(project);

		git(project, 'checkout', '-q', '--detach');
		expect(await urlOf(project)).toBe(url);
		git(project, 'checkout', '-q', 'main');
		expect(await urlOf(project)).toBe(main);
		expect(await notesAt(main)).toEqual(['first', 'of main']);
		expect((await slipway(project, ['migrate', 'status'])).stdout).not.toContain('2_more');

		git(project, 'branch', '-m', 'Feature/ünï', 'feature/ünï');
		git(project, 'checkout', '-q', 'feature/ünï');
		expect(await urlOf(project)).toBe(url);

		git(project, 'checkout', '-q', 'main');
		git(project, 'checkout', '-q', '-b', 'done');
		expect(await notesAt(await urlOf(project))).toEqual(['first', 'of main', 'seeded']);
		git(project, 'checkout', '-q', 'main');
		const { stdout } = await slipway(project, ['db', 'list', '--json']);
		expect(JSON.parse(stdout)).toMatchObject([
			{ kind: 'branch', name: 'main', database: 'app', isCurrent: true },
			{ kind: 'branch', name: 'done', git: 'merged' },
			{ kind: 'branch', name: 'feature/ünï' },
		]);
		const asked = startOnTerminal(process.execPath, [slipwayMain, 'db', 'drop', 'done'], {
			cwd: project,
			env: { XDG_STATE_HOME: join(project, '.state') },
		});
		await asked.printed(/Really drop/);
		git(project, 'checkout', '-q', 'done');
		await urlOf(project);
		asked.child.stdin?.end('y\n');
		expect(await asked.finished).toMatchObject({
			status: 1,
			stdout: expect.stringContaining('this checkout uses'),
		});
		git(project, 'checkout', '-q', 'main');
		await urlOf(project);
		expect(await slipway(project, ['db', 'drop', '--merged', '--yes'])).toMatchObject({
			status: 0,
			stdout: 'dropped the data of the branch "done"\n',
		});
		expect((await slipway(project, ['db', 'drop', 'main', '--yes'])).stderr).toContain('this checkout uses');

		git(project, 'branch', '-D', 'feature/ünï');
		expect((await slipway(project, ['db', 'list'])).stdout).toContain('feature/ünï, deleted');
		expect(await slipway(project, ['db', 'drop', '--merged', '--yes'])).toMatchObject({
			status: 0,
			stdout: 'dropped the data of the branch "feature/ünï"\n',
		});
	});

	test('is what bootstrap checks; lists and questions keep no other command waiting', async () => {
		const project = makeRepository();
		await slipway(project, ['up']);
		git(project, 'checkout', '-q', '-b', 'other');
		const other = await urlOf(project);
		const login = JSON.parse((await slipway(project, ['env', '--json', '--as', 'admin'])).stdout);
		const { PGHOST: host, PGPORT: port, PGUSER: username, PGPASSWORD: password } = login;
		const admin = { host, port: Number(port), sslMode: 'disable', username, password } as const;
		const database = new URL(other).pathname.slice(1);
		await withClient({ ...admin, database }, (sql) => sql`REVOKE USAGE ON SCHEMA public FROM app_user`);
		const check = () => slipway(project, ['bootstrap', '--check']);
		expect(await check()).toMatchObject({ status: 1, stderr: expect.stringContaining(database) });
		expect(await slipway(project, ['bootstrap'])).toMatchObject({ status: 0 });
		expect(await check()).toMatchObject({ status: 0 });

		await slipway(project, ['db', 'save', 'one']);
		await withDevData({ ...admin, database: 'postgres' }, 'app', parseSettings({}).database, async () => {
			expect((await slipway(project, ['db', 'list'])).stdout).toContain('other, in use');
			const { stderr } = await slipway(project, ['db', 'drop', 'one']);
			expect(stderr).toContain('Pass --yes to confirm.');
		});
		const without = { SLIPWAY_BRANCHES: 'false' };
		expect((await slipway(project, ['url'], without)).stdout).toMatch(/\/app\?/);
	});

	test('begins with the saved state or branch that fits, if the last branch has other migrations', async () => {
		const project = makeRepository();
		await slipway(project, ['up']);
		const main = await urlOf(project);
		await insert(main, 'saved');
		await slipway(project, ['db', 'save', 'one']);
		git(project, 'checkout', '-q', '-b', 'a');
		addMigration(project, '2_a', 'CREATE TABLE a ()');
		commit(project);
		await slipway(project, ['migrate', 'up']);
		await insert(await urlOf(project), 'of a');
		git(project, 'checkout', '-q', '-b', 'b', 'main');
		addMigration(project, '2_b', 'CREATE TABLE b ()');
		commit(project);
		const { stderr, stdout } = await slipway(project, ['url']);
		expect(stderr).toMatch(/a copy of the (branch "main"|saved state "one")/);
		expect(await notesAt(stdout.trim())).toEqual(['first', 'saved']);
	});

	test.each(['up', 'dev'])('needs git: %s', async (command) => {
		const project = makeProject({ 'slipway.config.js': 'export default { dev: { branches: true } }' });
		const { status, stderr } = await slipway(project, [command], {
			GIT_CEILING_DIRECTORIES: join(project, '..'),
			PORT: '0',
		});
		expect(status).toBe(1);
		expect(stderr.match(/which branch is checked out/g)).toHaveLength(1);
		expect(stderr).not.toMatch(/^ +at /m);
	});

	test('is not used in production, which needs neither git nor the admin', async () => {
		const project = makeProject({ 'slipway.config.js': 'export default { dev: { branches: true } }' });
		const production = {
			NODE_ENV: 'production',
			DB_HOST: '127.0.0.1',
			DB_PORT: '1',
			DB_PASSWORD: 'its-own',
			GIT_CEILING_DIRECTORIES: join(project, '..'),
		};
		const { status, stdout } = await slipway(project, ['url'], production);
		expect(status).toBe(0);
		expect(stdout).toMatch(/:1\/app\?/);
	});

	test('is followed by dev and its service, which does not see a branch before its migrations are applied', async () => {
		const project = makeRepository({
			'slipway.config.js':
				"export default { dev: { branches: true, command: 'node service.mjs', watch: ['service.mjs'] } }",
		});
		const dev = startSlipway(project, ['dev'], { PORT: '0' });
		onTestFinished(async () => {
			dev.child.kill('SIGTERM');
			await dev.finished;
		});
		await dev.printed(/http:\S+/);
		const answer = async () => {
			const [address = ''] =
				dev
					.output()
					.match(/http:\S+/g)
					?.slice(-1) ?? [];
			// The service is restarted on another port.
			return await fetch(address).then(
				(response) => response.text(),
				() => 'nothing',
			);
		};
		expect(await answer()).toBe('first');
		git(project, 'checkout', '-q', '-b', 'feature');
		addMigration(project, '2_more', "INSERT INTO note VALUES ('second')");
		await eventually(async () => (await answer()) === 'first,second');
		commit(project);
		git(project, 'checkout', '-q', 'main');
		await eventually(async () => (await answer()) === 'first');
		git(project, 'checkout', '-q', 'feature');
		await eventually(async () => (await answer()) === 'first,second');

		git(project, 'checkout', '-q', 'main');
		await eventually(async () => (await answer()) === 'first');
		commitElsewhere(project, 'feature', {
			'migrations/3_slow.sql': "SELECT pg_sleep(2); INSERT INTO note VALUES ('third');",
			'service.mjs': `${service} // changed`,
		});
		git(project, 'checkout', '-q', 'feature');
		const answers = new Set<string>();
		await eventually(async () => answers.add(await answer()).has('first,second,third'));
		expect(answers).not.toContain('first,second');
	});

	test('is not shared by two checkouts on one server', async () => {
		const project = makeRepository();
		await slipway(project, ['up']);
		const { PGHOST, PGPORT } = JSON.parse((await slipway(project, ['env', '--json'])).stdout);
		const admin = JSON.parse((await slipway(project, ['env', '--json', '--as', 'admin'])).stdout);
		const [other, tree] = [join(project, '../other'), join(project, '../tree')];
		git(project, 'clone', '-q', project, other);
		git(project, 'worktree', 'add', '-q', '-b', 'tree', tree);
		const external = { DB_HOST: PGHOST, DB_PORT: PGPORT, DB_ADMIN_PASSWORD: admin.PGPASSWORD };
		const urlIn = async (folder: string) => (await slipway(folder, ['url'], external)).stdout.trim();
		const url = () => urlIn(other);
		expect(await urlIn(tree)).not.toBe(await urlOf(project));
		const own = await url();
		expect(own).not.toBe(await urlOf(project));
		await insert(own, 'of other');
		expect(await notesAt(await urlOf(project))).toEqual(['first']);
		expect(await url()).toBe(own);
		const { stdout: list } = await slipway(project, ['db', 'list']);
		for (const branch of ['main', 'tree']) expect(list).toContain(`${branch}, of another checkout`);
	});
});

import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bootstrapDatabase, startEmbedded, withClient } from 'slipway';
import { type Finished, runProcess } from 'slipway/test-helpers/child-process';
import { testInOwnNamespace } from 'slipway/test-helpers/own-namespace';
import { parseSettings } from 'slipway/test-helpers/processes';
import { temporaryDirectory } from 'slipway/test-helpers/temporary-directory';
import { expect, onTestFinished, test } from 'vitest';
import { ownCheckout } from '../helpers/checkout.ts';

interface Diagnosis {
	readonly check: string;
	readonly level: string;
	readonly message: string;
	readonly fix?: string;
}

/** A PATH without Docker, so that the results do not depend on whether it is installed. */
const withoutDocker = { PATH: '/nonexistent' };

function doctor(
	checkout: string,
	args: readonly string[],
	environment: NodeJS.ProcessEnv = {},
): Promise<Finished> {
	const script = join(checkout, 'scripts/doctor.ts');
	return runProcess(process.execPath, [script, '--timeout', '60', ...args], {
		env: { PORT: '0', ...withoutDocker, ...environment },
	});
}

/** The findings that are not ok. */
async function problems(checkout: string, environment?: NodeJS.ProcessEnv): Promise<readonly Diagnosis[]> {
	const { status, stdout, stderr } = await doctor(checkout, ['--json'], environment);
	expect(stderr).toBe('');
	const findings = JSON.parse(stdout) as Diagnosis[];
	expect(status).toBe(findings.some(({ level }) => level === 'error') ? 1 : 0);
	return findings.filter(({ check, level }) => level !== 'ok' && !ofMachine.test(check));
}

/** What these checks find depends on what else is going on here. */
const ofMachine = /^(disk|memory|leftovers)$/;

test('scripts/doctor finds nothing wrong in a checkout without Docker, and changes nothing', async () => {
	const checkout = ownCheckout();
	const { status, stdout, stderr } = await doctor(checkout, []);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	expect(stdout).toMatch(
		/^ok {6}docker: Docker is not installed; scripts\/dev and the tests work without it$/m,
	);
	expect(
		stdout
			.trim()
			.split('\n')
			.filter((line) => !/^ok|^warning (disk|memory|leftovers)/.test(line.trim()) && !/^ {10}/.test(line)),
	).toEqual([]);
	expect(() => readFileSync(join(checkout, '.slipway'))).toThrow(/ENOENT/);
});

test('scripts/doctor prints an error with its fix below', async () => {
	const checkout = ownCheckout();
	writeFileSync(join(checkout, '.env'), 'LOG_LEVEL=loud\n');
	const { status, stdout } = await doctor(checkout, []);
	expect(status).toBe(1);
	expect(stdout).toMatch(
		/^error {3}settings: the settings have an error:\n {2}LOG_LEVEL="loud" \(.*\.env:1\).*\n {10}Settings come/,
	);
});

test('scripts/doctor names a line of .env that Compose reads differently', async () => {
	const checkout = ownCheckout();
	writeFileSync(join(checkout, '.env'), 'DB_PASSWORD=pa$word1\n');
	expect(await problems(checkout)).toContainEqual(
		expect.objectContaining({
			check: 'settings',
			level: 'error',
			message: expect.stringMatching(
				/\.env:1: has a \$ outside of single quotes.* Put the value in single quotes/,
			),
		}),
	);
});

test('scripts/doctor names the program that has the port', async () => {
	const other = createServer().listen(0, '127.0.0.1');
	onTestFinished(() => void other.close());
	await once(other, 'listening');
	const { port } = other.address() as AddressInfo;
	const found = await problems(ownCheckout(), { PORT: String(port) });
	expect(found).toContainEqual({
		check: 'ports',
		level: 'error',
		message: expect.stringMatching(
			new RegExp(`^port ${port} \\(PORT\\) is in use by process ${process.pid} \\(node, in .+\\)$`),
		),
		fix: expect.stringContaining('PORT='),
	});
});

test('scripts/doctor reports whether servers mount their snapshot, or why not', async () => {
	const checkout = ownCheckout();
	const found = async (environment: NodeJS.ProcessEnv) => {
		const { stdout } = await doctor(checkout, ['--json'], environment);
		return (JSON.parse(stdout) as Diagnosis[]).filter(({ check }) => check === 'snapshots');
	};
	const blocked = temporaryDirectory();
	writeFileSync(join(blocked, 'unshare'), '#!/bin/sh\necho not permitted >&2; exit 1\n', { mode: 0o755 });
	expect(await found({ PATH: process.env.PATH })).toEqual([
		{
			check: 'snapshots',
			level: 'ok',
			message: expect.stringMatching(/^(servers mount|each server unpacks)/),
		},
	]);
	expect(await found({ PATH: `${blocked}:${process.env.PATH}` })).toEqual([
		{
			check: 'snapshots',
			level: 'ok',
			message: 'each server unpacks its snapshot, since it cannot be mounted here (not permitted)',
		},
	]);
});

test('scripts/doctor reports data of another version', async () => {
	const checkout = ownCheckout();
	const cluster = join(checkout, '.slipway/postgres/cluster');
	mkdirSync(join(cluster, 'data'), { recursive: true });
	writeFileSync(join(cluster, 'data/PG_VERSION'), '16\n');
	expect(await problems(checkout)).toContainEqual(
		expect.objectContaining({
			check: 'embedded data',
			message: expect.stringContaining('was created by PostgreSQL 16'),
		}),
	);
});

test('scripts/doctor reports a checkout whose path is too long', async () => {
	const checkout = ownCheckout();
	let folder = checkout;
	while (Buffer.byteLength(folder) < 950) folder = join(folder, 'x'.repeat(90));
	mkdirSync(folder, { recursive: true });
	for (const name of ['scripts', 'package.json', 'package-lock.json'])
		cpSync(join(checkout, name), join(folder, name), { recursive: true });
	symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
	const { stdout } = await runProcess(
		process.execPath,
		[join(folder, 'scripts/doctor.ts'), '--timeout', '60'],
		{
			env: { PORT: '0', ...withoutDocker },
		},
	);
	expect(stdout).toMatch(/^error {3}embedded data: the path of the data directory is \d+ bytes long/m);
});

test('scripts/doctor reports packages that differ from the lockfile', async () => {
	const checkout = ownCheckout();
	const lockfile = join(checkout, 'package-lock.json');
	const lock = JSON.parse(readFileSync(lockfile, 'utf8'));
	lock.packages['node_modules/hono'].version = '0.0.1';
	writeFileSync(lockfile, JSON.stringify(lock));
	expect(await problems(checkout)).toContainEqual({
		check: 'packages',
		level: 'error',
		message: 'the package hono is not installed, or not in the version of the lock file',
		fix: 'Install them: npm ci',
	});
});

test.runIf(process.getuid?.() === 0)(
	'scripts/doctor reports files that another user left behind',
	async () => {
		const checkout = ownCheckout();
		mkdirSync(join(checkout, '.slipway/postgres'), { recursive: true });
		chmodSync(checkout, 0o755);
		const script = join(checkout, 'scripts/doctor.ts');
		const ordinary = [
			'--reuid=1000',
			'--regid=1000',
			'--clear-groups',
			process.execPath,
			script,
			'--timeout=60',
		];
		const { status, stdout } = await runProcess('setpriv', ordinary, { env: { PORT: '0' } });
		expect(status).toBe(1);
		expect(stdout).toContain(
			`error   files: ${join(checkout, '.slipway/postgres')} belongs to user 0, and user 1000 cannot write to it`,
		);
	},
);

testInOwnNamespace('scripts/doctor reports a disk that is almost full', async () => {
	const checkout = ownCheckout();
	const inSmallDisk = `mount -t tmpfs -o size=20m none "$1" && cp -a "$2"/. "$1" && exec "$3" "$1/scripts/doctor.ts" --timeout 60`;
	const { stdout, stderr } = await runProcess(
		'unshare',
		['-Urm', 'sh', '-c', inSmallDisk, 'sh', temporaryDirectory(), checkout, process.execPath],
		{ env: { PORT: '0' } },
	);
	expect(stdout, stderr).toMatch(/^error {3}disk: 1?\d MB are free on the disk of /m);
});

test('scripts/doctor tries the logins on the server that the settings name', async () => {
	await using server = await startEmbedded();
	const { host, port, username, password } = server.admin;
	const named = { DB_HOST: host, DB_PORT: String(port), DB_ADMIN_USERNAME: username };
	const checkout = ownCheckout();
	expect(await problems(checkout, { ...named, DB_ADMIN_PASSWORD: 'wrong' })).toEqual(
		expect.arrayContaining([
			{
				check: 'passwords',
				level: 'error',
				message: `the server on ${host}:${port} does not accept the password of "${username}"`,
				fix: 'Correct DB_ADMIN_PASSWORD.',
			},
			expect.objectContaining({
				level: 'warning',
				message: expect.stringContaining('does not accept the password of "app_user"'),
				fix: expect.stringContaining('scripts/bootstrap-db'),
			}),
		]),
	);
	const { stdout } = await doctor(checkout, [], { ...named, DB_ADMIN_PASSWORD: password });
	expect(stdout).toContain(`accepts the password of "${username}"`);
	expect(stdout).not.toContain(password);
});

test('scripts/doctor lists what bootstrap would change on the server that the settings name', async () => {
	await using server = await startEmbedded();
	const { host, port, username, password } = server.admin;
	const named = {
		DB_HOST: host,
		DB_PORT: String(port),
		DB_ADMIN_USERNAME: username,
		DB_ADMIN_PASSWORD: password,
	};
	const checkout = ownCheckout();
	const found = async () => (await problems(checkout, named)).filter(({ check }) => check === 'bootstrap');
	const fresh = await found();
	expect(fresh).toEqual([
		{
			check: 'bootstrap',
			level: 'warning',
			message: expect.stringMatching(/ would have created role "app_owner", .*, and \d+ more$/),
			fix: 'Run docker compose up, or scripts/bootstrap-db.',
		},
	]);
	const { database } = parseSettings({});
	await bootstrapDatabase(server.admin, database);
	expect(await found()).toEqual([]);
	const app = { ...server.admin, ...database.app, database: database.name };
	await withClient(app, (sql) => sql`ALTER ROLE app_user SET default_transaction_read_only = on`);
	expect(await found()).toEqual([
		expect.objectContaining({
			level: 'warning',
			message: `the server on ${host}:${port} differs from what bootstrap sets up; bootstrap would have reset default_transaction_read_only for "app_user"`,
		}),
	]);
});

test('scripts/doctor works in a project without a package-lock.json', async () => {
	const checkout = ownCheckout();
	rmSync(join(checkout, 'package-lock.json'));
	const { status, stdout, stderr } = await doctor(checkout, []);
	expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
	expect(stdout).toMatch(/^ok {6}packages: the packages are installed$/m);
});

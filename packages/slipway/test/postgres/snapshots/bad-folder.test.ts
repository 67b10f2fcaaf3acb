import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runProcess, toolRoot } from '../../helpers/child-process.ts';
import { testInOwnNamespace } from '../../helpers/own-namespace.ts';
import { identityOf, OwnSnapshots, tablesOf } from './own-snapshots.ts';

const fileOf = (own: OwnSnapshots) => join(own.snapshots, own.files()[0] ?? '');

/** The warnings that this process emits while the test runs. */
function warnings(): string[] {
	const heard: string[] = [];
	const listen = ({ message }: Error) => void heard.push(message);
	process.on('warning', listen);
	onTestFinished(() => void process.off('warning', listen));
	return heard;
}

/** Cuts the archive off at the start of its last file's header. */
const cutBetweenFiles = (file: string) =>
	truncateSync(file, readFileSync(file).lastIndexOf('cluster/superuser-password'));

function replaceByFolder(file: string): void {
	rmSync(file);
	mkdirSync(file);
	writeFileSync(join(file, 'other'), '');
}

const flip = (file: string) => {
	const bytes = readFileSync(file);
	const control = bytes.indexOf('cluster/data/global/pg_control') + 512;
	bytes.fill(0xff, control, control + 64);
	writeFileSync(file, bytes);
};

test.each([
	['cut short', (file: string) => truncateSync(file, 5_000_000)],
	['cut short between two files', cutBetweenFiles],
	['emptied', (file: string) => truncateSync(file, 0)],
	['replaced by a folder', replaceByFolder],
	['overwritten with zeros', (file: string) => writeFileSync(file, Buffer.alloc(1_000_000))],
	['changed within', flip],
])('a snapshot that was %s is created again, with a warning', async (_, damage) => {
	const own = new OwnSnapshots();
	await using before = await own.start();
	const heard = warnings();
	damage(fileOf(own));
	await using after = await own.start();
	expect(await tablesOf(after)).toEqual(['fruit']);
	expect(await identityOf(after)).not.toBe(await identityOf(before));
	expect(heard).toEqual([expect.stringContaining(fileOf(own))]);
	await using next = await own.start();
	expect(await identityOf(next)).toBe(await identityOf(after));
});

test('the next snapshot does not start from a damaged one', async () => {
	const own = new OwnSnapshots();
	await using before = await own.start();
	truncateSync(fileOf(own), 5_000_000);
	own.write(2, 'CREATE TABLE basket (id int)');
	await using after = await own.start();
	expect(await tablesOf(after)).toEqual(['basket', 'fruit']);
	expect(await identityOf(after)).not.toBe(await identityOf(before));
});

test('a snapshot that disappears is created again', async () => {
	const own = new OwnSnapshots();
	await using _before = await own.start();
	rmSync(fileOf(own));
	await using after = await own.start();
	expect(await tablesOf(after)).toEqual(['fruit']);
});

/** Runs `attempts` to start a server. Between them, the snapshot folder is mounted with other options. */
async function startIn(own: OwnSnapshots, mounts: string): Promise<string> {
	const source = `
		import { withClient } from '${toolRoot}/src/connection/index.ts';
		import { startPostgres } from '${toolRoot}/src/start-postgres.ts';
		const [, migrations, snapshots] = process.argv;
		try {
			await using server = await startPostgres({ migrations, snapshots });
			await withClient(server.app, (sql) => sql\`SELECT FROM fruit\`);
			console.log('started');
		} catch ({ code, message, hint }) {
			console.log([code, message, hint].join(' | '));
		}`;
	// Otherwise mount would use options that name this user, who is unknown in the namespace.
	const script = `
		start() { "$0" --input-type=module-typescript -e "$1" "$2" "$3"; }
		remount() { mount --options-mode ignore -o "remount,$1" "$2"; }
		mkdir -p "$3"; ${mounts}`;
	const args = ['-rm', 'sh', '-c', script, process.execPath, source, own.migrations, own.snapshots];
	const { stdout, stderr } = await runProcess('unshare', args, { env: { TMPDIR: own.folder } });
	return stdout + stderr;
}

testInOwnNamespace(
	'a read-only folder works for the snapshots in it, and is an error that names it for new ones',
	async () => {
		const own = new OwnSnapshots();
		const output = await startIn(
			own,
			`mount -t tmpfs none "$3"; remount ro "$3"; start "$@"
		remount rw "$3"; start "$@"; remount ro "$3"; start "$@"`,
		);
		const [refused, ...started] = output.trim().split('\n');
		expect(refused).toMatch(/^unwritable \| .*\/snapshots\/locks.* \| .*"snapshots"/);
		expect(started).toEqual(['started', 'started']);
	},
);

testInOwnNamespace.each(['2m', '10m'])(
	'a folder without space (%s) is an error that names it, and keeps nothing',
	async (size) => {
		const own = new OwnSnapshots();
		const output = await startIn(
			own,
			`mount -t tmpfs -o size=${size} none "$3"; start "$@"; ls "$3"; remount size=100m "$3"; start "$@"`,
		);
		expect(output).toMatch(/^no-space \| .*\/snapshots\b.* \| Free some space.*\nlocks\nstarted\n$/);
	},
);

testInOwnNamespace('a damaged snapshot in a read-only folder is an error that names it', async () => {
	const own = new OwnSnapshots();
	const output = await startIn(
		own,
		`mount -t tmpfs none "$3"; start "$@"; for file in "$3"/*.tar; do echo damaged >"$file"; done
		remount ro "$3"; start "$@"; remount rw "$3"; start "$@"`,
	);
	expect(output).toMatch(
		/^started\nunwritable \| .*\/snapshots cannot be used: .*\.tar.* \| Make it writable/,
	);
	expect(output).toMatch(/\nstarted\n/);
});

testInOwnNamespace.each(['6m', '9m', '15m', '25m'])(
	'a snapshot stays if there is no space for its servers (%s)',
	async (size) => {
		const own = new OwnSnapshots();
		const output = await startIn(
			own,
			`start "$@"; ls -i "$3"; mkdir "$TMPDIR/small"; mount -t tmpfs -o size=${size} none "$TMPDIR/small"
			TMPDIR="$TMPDIR/small" start "$@"; ls -i "$3"`,
		);
		const [started, ...rest] = output.trim().split('\n');
		const files = rest.splice(0, 2);
		expect(started).toBe('started');
		expect(rest).toEqual([expect.stringMatching(/^no-space \| .* \| Free some space/), ...files]);
	},
);

test('a file in place of the folder is an error that names it', async () => {
	const own = new OwnSnapshots();
	writeFileSync(own.snapshots, '');
	await expect(own.start()).rejects.toMatchObject({
		code: 'unwritable',
		message: expect.stringContaining(own.snapshots),
	});
	expect(readdirSync(own.folder).toSorted()).toEqual(['migrations', 'snapshots']);
});

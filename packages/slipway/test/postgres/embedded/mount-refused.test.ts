import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot, runProcess, toolRoot } from '../../helpers/child-process.ts';
import { describeWithEngineHere } from '../../helpers/engine-here.ts';
import { testInOwnNamespace } from '../../helpers/own-namespace.ts';
import { temporaryDirectory } from '../../helpers/temporary-directory.ts';
import { OwnSnapshots } from '../snapshots/own-snapshots.ts';
import { heldServer } from './held-server.ts';

/** Starts two servers with the files in the folder TMPDIR, and prints how they got them and what is left. */
const startTwo = (root: string) => `
	import { existsSync, readdirSync } from 'node:fs';
	import { withClient } from '${root}/src/connection/index.ts';
	import { startPostgres } from '${root}/src/start-postgres.ts';
	const [, migrations, snapshots] = process.argv;
	const servers = () => readdirSync(process.env.TMPDIR).filter((name) => name.startsWith('slipway-'));
	for (const _ of [1, 2]) {
		await using server = await startPostgres({ migrations, snapshots });
		const rows = await withClient(server.app, (sql) => sql\`SELECT * FROM fruit\`);
		const folder = process.env.TMPDIR + '/' + servers();
		const hasAll = existsSync(folder + '/cluster/data/base/4');
		console.log(rows.length + ' rows, ' + (hasAll ? 'unpacked' : 'mounted'));
	}
	console.log('left: ' + servers());`;

describe('a server unpacks its snapshot', () => {
	test('where unshare is refused', async () => {
		const own = new OwnSnapshots();
		const blocked = temporaryDirectory();
		writeFileSync(join(blocked, 'unshare'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
		const { data } = await heldServer(own, { PATH: `${blocked}:${process.env.PATH}` });
		expect(existsSync(join(data, 'base/4'))).toBe(true);
		expect(existsSync(`${own.snapshots}-unpacked`)).toBe(false);
	});

	testInOwnNamespace('where only some of its mounts are refused', async () => {
		const own = new OwnSnapshots();
		await (await own.start()).stop();
		const files = temporaryDirectory();
		const some = '#!/bin/sh\nhead -n 2 mounts >some && ../mount -a -T some && echo refused >&2; exit 32\n';
		writeFileSync(join(files, 'some-mounts'), some, { mode: 0o755 });
		const script = `
			cd "$1" && cp "$(command -v mount)" mount && mount --bind some-mounts "$(command -v mount)"
			exec env TMPDIR="$1" "$0" --input-type=module-typescript -e "$2" "$3" "$4"`;
		const args = [files, startTwo(toolRoot), own.migrations, own.snapshots];
		const unshare = ['-rm', 'sh', '-c', script, process.execPath, ...args];
		const { stdout, stderr } = await runProcess('unshare', unshare);
		expect(stdout, stderr).toBe('0 rows, unpacked\n0 rows, unpacked\nleft: \n');
	});

	testInOwnNamespace('where the mount is refused although the snapshot was unpacked for that', async () => {
		const own = new OwnSnapshots();
		await (await own.start()).stop();
		const files = temporaryDirectory();
		// An overlay cannot contain the upper layer of another.
		const script = `
			cd "$1" && mkdir lower upper work mounted
			mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work mounted
			exec env TMPDIR="$1/mounted" "$0" --input-type=module-typescript -e "$2" "$3" "$4"`;
		const args = [files, startTwo(toolRoot), own.migrations, own.snapshots];
		const { stdout, stderr } = await runProcess('unshare', [
			'-rm',
			'sh',
			'-c',
			script,
			process.execPath,
			...args,
		]);
		expect(stdout, stderr).toBe('0 rows, unpacked\n0 rows, unpacked\nleft: \n');
	});
});

/** It can make a file system with reflinks, and mount it where no other process sees it. */
const canMountReflinks = process.getuid?.() === 0 && spawnSync('mkfs.btrfs', ['--version']).status === 0;

test.runIf(canMountReflinks)('a server clones its snapshot where it is on a disk with reflinks', async () => {
	const { migrations } = new OwnSnapshots();
	const folder = temporaryDirectory();
	const script = `
		cd "$1" && truncate -s 500M disk && mkfs.btrfs -q disk >/dev/null 2>&1 && mkdir mounted && mount -o loop disk mounted
		mkdir mounted/files bin && ln -s /bin/false bin/unshare
		env PATH="$1/bin:$PATH" TMPDIR="$1/mounted/files" "$0" --input-type=module-typescript -e "$2" "$3" "$1/mounted/snapshots"
		cat mounted/snapshots-unpacked/*/state.json`;
	const args = [folder, startTwo(toolRoot), migrations];
	const { stdout, stderr } = await runProcess('unshare', [
		'-m',
		'sh',
		'-c',
		script,
		process.execPath,
		...args,
	]);
	expect(stdout, stderr).toMatch(/^0 rows, unpacked\n0 rows, unpacked\nleft: \n.*"mounts":false/);
});

describeWithEngineHere('a server in a container', () => {
	test.each([
		['unpacks its snapshot under the default seccomp profile', [], 'unpacked'],
		['mounts it where that is allowed', ['--privileged'], 'mounted'],
	])('%s', async (_, options, how) => {
		const { migrations } = new OwnSnapshots();
		const files = [`${projectRoot}:/checkout:ro`, `${migrations}:/migrations:ro`].flatMap((file) => [
			'--volume',
			file,
		]);
		const run = [
			'run',
			'--rm',
			...options,
			...files,
			'--tmpfs',
			'/files',
			'--env',
			'TMPDIR=/files',
			'node:24-slim',
		];
		const node = ['node', '--input-type=module-typescript', '-e', startTwo('/checkout/packages/slipway')];
		const { stdout, stderr } = await runProcess('docker', [
			...run,
			...node,
			'--',
			'/migrations',
			'/tmp/snapshots',
		]);
		expect(stdout, stderr).toBe(`0 rows, ${how}\n0 rows, ${how}\nleft: \n`);
	});
});

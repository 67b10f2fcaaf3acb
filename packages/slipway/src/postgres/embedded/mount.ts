import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isFileLimit } from '../file-errors.ts';
import { clusterIn } from './cluster-folder.ts';
import { useLock } from './in-use.ts';
import { passwordFile } from './initdb.ts';
import { giveToOwner, inUserNamespace, type Launch, withPrefix } from './user.ts';

const run = promisify(execFile);

/**
 * Prepares the server's `folder` for the snapshot that is unpacked in `source`. The result starts programs in a
 * mount namespace of their own, where overlays show the snapshot as the server's data directory. What the
 * server writes is in that directory itself, so that this process finds the server's lock file there. The
 * snapshot is only read. The mounts end with the last process of the server, however that ends.
 */
export function mountSnapshot(source: string, folder: string, launch: Launch): Launch {
	const cluster = clusterIn(folder);
	mkdirSync(join(cluster, 'data'), { recursive: true, mode: 0o700 });
	// This process reads them.
	for (const name of [passwordFile, 'data/PG_VERSION'])
		copyFileSync(join(clusterIn(source), name), join(cluster, name));
	symlinkSync(source, join(folder, 'snapshot'));
	const isRoot = process.getuid?.() === 0;
	writeFileSync(join(folder, 'mounts'), prepareMounts(folder, isRoot ? '' : ',userxattr'));
	giveToOwner(join(folder, 'base'), launch);
	// An ordinary user may mount in a user namespace, as its root, which PostgreSQL does not run as.
	const [unshare, { prefix }] = isRoot ? ['-m', launch] : ['-Urm', inUserNamespace];
	const mount = [
		'unshare',
		unshare,
		'--',
		'/bin/sh',
		'-c',
		script,
		'slipway',
		folder,
		isRoot ? ':' : 'chmod',
	];
	return { ...launch, prefix: [...mount, ...prefix] };
}

/**
 * An overlay for the data directory and one for each database in it. A database that is created later is not
 * on an overlay, where creating a file takes a quarter longer. Relative paths need no quoting. `volatile`:
 * nothing is flushed to disk.
 */
function prepareMounts(folder: string, userxattr: string): string {
	const overlay = (lower: string, upper: string, name: string) => {
		mkdirSync(join(folder, upper), { recursive: true, mode: 0o700 });
		mkdirSync(join(folder, 'work', name), { recursive: true, mode: 0o700 });
		const layers = `lowerdir=snapshot/cluster/data${lower},upperdir=${upper},workdir=work/${name}`;
		return `overlay ${upper} overlay ${layers},volatile,index=off,metacopy=off${userxattr} 0 0\n`;
	};
	const databases = readdirSync(join(folder, 'snapshot/cluster/data/base')).filter((name) =>
		/^\d+$/.test(name),
	);
	return [
		overlay('', 'cluster/data', 'data'),
		...databases.map((name) => overlay(`/base/${name}`, `base/${name}`, name)),
		'base cluster/data/base none rbind 0 0\n',
	].join('');
}

/**
 * The lock is inherited by the server and its children. An overlay's work folder is closed to its owner, who
 * could not remove it. A file that is opened for reading does not show what is written to it later, when it is
 * copied: PostgreSQL keeps no file open for reading but WAL, which is copied here.
 */
const script = `
cd "$1" || exit
shift
exec 9<snapshot/${useLock} && flock -sn 9 || exit
mount -a -T mounts || exit
"$1" -R u+rwx work || exit
shift
for file in cluster/data/pg_wal/0*; do
	: >>"$file"
done
exec "$@"
`;

/** Makes a server's `folder` removable if its start was killed right after the mount. */
export function openWorkFolder(folder: string): void {
	for (const path of ['work', `${attemptFolder}/work`]) open(join(folder, path));
}

function open(path: string): void {
	try {
		chmodSync(path, 0o700);
		for (const entry of readdirSync(path, { withFileTypes: true }))
			if (entry.isDirectory()) open(join(path, entry.name));
	} catch {} // There is none, or it is another user's.
}

const attemptFolder = 'attempt';

/**
 * Why snapshots cannot be mounted for servers of this process; undefined if they can. Tried once per process,
 * in the new server's `folder`.
 */
export function whyNotMounted(folder: string, launch: Launch): Promise<string | undefined> {
	reason ??= tryMount(join(folder, attemptFolder), launch);
	return reason;
}

/** Mounts no snapshots in this process from now on. */
export function stopMounting(why: string): void {
	reason = Promise.resolve(why);
}

/** Mounts snapshots without a trial, unless a mount has failed in this process. */
export function skipTrial(): void {
	reason ??= Promise.resolve(undefined);
}

let reason: Promise<string | undefined> | undefined;

async function tryMount(folder: string, launch: Launch): Promise<string | undefined> {
	if (process.platform !== 'linux') return 'only Linux has overlayfs';
	const source = join(folder, 'source');
	const data = join(clusterIn(source), 'data');
	for (const name of ['pg_wal', 'base/1']) mkdirSync(join(data, name), { recursive: true });
	const files = ['pg_wal/0', 'base/1/1', 'PG_VERSION', `../${passwordFile}`, `../../${useLock}`];
	for (const name of files) writeFileSync(join(data, name), '');
	const mounted = mountSnapshot(source, folder, launch);
	const [file, ...args] = withPrefix(mounted, ['/bin/sh', '-c', attempt]);
	return await run(file, args, { cwd: folder }).then(
		() => undefined,
		(error: Error & { readonly stderr?: string }) => {
			if (isFileLimit(error)) throw error;
			return error.stderr?.trim().split('\n', 1)[0] || error.message;
		},
	);
}

/** What PostgreSQL does with the files: writing to one, removing it, and creating a folder in its place. */
const attempt = `
cd cluster/data && echo new >>PG_VERSION && rm PG_VERSION base/1/1 && mkdir PG_VERSION base/1/1 base/2`;

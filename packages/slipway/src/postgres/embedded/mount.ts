import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isFileLimit } from '../file-errors.ts';
import { clusterIn } from './cluster-folder.ts';
import { useLock } from './in-use.ts';
import { passwordFile } from './initdb.ts';
import { inUserNamespace, type Launch, withPrefix } from './user.ts';

const run = promisify(execFile);

/**
 * Prepares the server's `folder` for the snapshot that is unpacked in `source`. The result starts programs in a
 * mount namespace of their own, where an overlay shows the snapshot as the server's data directory. What the
 * server writes is in that directory itself, so that this process finds the server's lock file there. The
 * snapshot is only read. The mount ends with the last process of the server, however that ends.
 */
export function mountSnapshot(source: string, folder: string, launch: Launch): Launch {
	const cluster = clusterIn(folder);
	mkdirSync(join(cluster, 'data'), { recursive: true, mode: 0o700 });
	mkdirSync(join(folder, 'work'), { mode: 0o700 });
	// This process reads them.
	for (const name of [passwordFile, 'data/PG_VERSION'])
		copyFileSync(join(clusterIn(source), name), join(cluster, name));
	symlinkSync(source, join(folder, 'snapshot'));
	return withMount(folder, launch);
}

/** root may mount. An ordinary user may in a user namespace, as its root, which PostgreSQL does not run as. */
function withMount(folder: string, launch: Launch): Launch {
	const isRoot = process.getuid?.() === 0;
	const [unshare, options] = isRoot ? ['-m', common] : ['-Urm', `${common},userxattr`];
	const { prefix } = isRoot ? launch : inUserNamespace;
	const mount = ['unshare', unshare, '--', '/bin/sh', '-c', script, 'slipway', folder, options];
	return { ...launch, prefix: [...mount, ...prefix] };
}

/** Relative paths need no quoting. `volatile`: nothing is flushed to disk. */
const common = [
	'lowerdir=snapshot/cluster/data,upperdir=cluster/data,workdir=work',
	'volatile,index=off,metacopy=off',
].join(',');

/**
 * The lock is inherited by the server and its children. An overlay's work folder is closed to its owner, who
 * could not remove it. A file that is opened for reading does not show what is written to it later, when it is
 * copied: PostgreSQL keeps no file open for reading but WAL, which is copied here.
 */
const script = `
cd "$1" || exit
options=$2
shift 2
exec 9<snapshot/${useLock} && flock -sn 9 || exit
mount -t overlay slipway -o "$options" cluster/data || exit
case $options in *userxattr) chmod -R u+rwx work || exit ;; esac
for file in cluster/data/pg_wal/0*; do
	: >>"$file"
done
exec "$@"
`;

/** Makes a server's `folder` removable if its start was killed right after the mount. */
export function openWorkFolder(folder: string): void {
	const closed = ['work/work', 'work/work/incompat', 'work/work/incompat/volatile'];
	for (const path of ['', attemptFolder].flatMap((parent) => closed.map((name) => join(parent, name))))
		try {
			chmodSync(join(folder, path), 0o700);
		} catch {} // There is none, or it is not this user's.
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

let reason: Promise<string | undefined> | undefined;

async function tryMount(folder: string, launch: Launch): Promise<string | undefined> {
	if (process.platform !== 'linux') return 'only Linux has overlayfs';
	const source = join(folder, 'source');
	const data = join(clusterIn(source), 'data');
	mkdirSync(join(data, 'pg_wal'), { recursive: true });
	const files = ['pg_wal/0', 'PG_VERSION', `../${passwordFile}`, `../../${useLock}`];
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
const attempt = 'cd cluster/data && echo new >>PG_VERSION && rm PG_VERSION pg_wal/0 && mkdir PG_VERSION';

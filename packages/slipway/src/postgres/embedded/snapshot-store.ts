import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Disposables } from '../../disposables.ts';
import { hasCode, SlipwayError } from '../../errors.ts';
import { explainFileError, removeFile } from '../file-errors.ts';
import { isDamage, type SnapshotStore, warnOfDamage } from '../snapshots/index.ts';
import { packCluster } from './archive.ts';
import { noteUse } from './archive-use.ts';
import { ensureBinaries } from './binaries.ts';
import { type EmbeddedOptions, type ManagedServer, startManaged, toPostgresServer } from './embedded.ts';
import { evictSnapshots } from './evict.ts';
import { postmasterPid } from './postmaster.ts';
import { pruneData } from './prune-data.ts';
import { guardPath } from './removal-guard.ts';
import { startFromArchive, startFromUnpacked } from './start-from-archive.ts';

type Options = Omit<EmbeddedOptions, 'directory'>;

/** Keeps snapshots in `folder`, each as an archive of a cluster that is named after its key. */
export async function embeddedSnapshots(folder: string, options: Options = {}): Promise<SnapshotStore> {
	const { version } = await ensureBinaries(options);
	// A server that becomes a snapshot is nobody's to connect to.
	const own = { ...options, port: undefined, ssl: false };
	const archiveOf = (key: string) => join(folder, `${key}.tar`);
	return {
		identity: [version, process.platform, process.arch],
		has: async (key) => existsSync(archiveOf(key)),
		start: async (key) => {
			const managed = await startFrom(archiveOf(key), options);
			return managed && toPostgresServer(managed);
		},
		keep: async (key, base, prepare) => {
			// Packing it needs all of its files.
			const started =
				base === undefined ? undefined : await startFrom(archiveOf(base), own, startFromArchive);
			const managed = started ?? (await startManaged(own));
			using guards = new Disposables(); // disposed of after the server, which removes its files
			await using server = toPostgresServer(managed);
			await prepare(server);
			guards.use(guardPath(managed.folder)); // takes over from the supervisor
			await shutDown(managed);
			await publish(managed, archiveOf(key));
			evictSnapshots(folder);
		},
	};
}

/** Undefined if there is no such snapshot, or a damaged one, which is removed. */
async function startFrom(
	archive: string,
	options: Options,
	start = startFromUnpacked,
): Promise<ManagedServer | undefined> {
	if (!isReadable(archive)) return undefined;
	try {
		const managed = await start(archive, options);
		noteUse(archive);
		return managed;
	} catch (error) {
		// Another process may have found it damaged, or evicted it.
		if (!existsSync(archive)) return undefined;
		if (!isDamage(error)) throw error;
		warnOfDamage(archive, error);
		removeFile(archive);
		return undefined;
	}
}

/** False if it does not exist. */
function isReadable(archive: string): boolean {
	try {
		accessSync(archive, constants.R_OK);
		return true;
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return false;
		throw explainFileError(error, dirname(archive));
	}
}

/** Stops the server with a last checkpoint. Bypasses its supervisor, which would remove the files. */
async function shutDown({ server, cluster: { data } }: ManagedServer): Promise<void> {
	const pid = postmasterPid(data);
	if (pid !== undefined) process.kill(pid, 'SIGINT');
	const { code, output } = await server.ended;
	if (code === 0) return;
	throw new SlipwayError(
		'server-ended',
		`PostgreSQL did not shut down cleanly: ${output}`,
		'Fix what PostgreSQL reports, then try again.',
	);
}

/**
 * The archive gets its name when it is complete. The caller has the lock of the key, so that other files with
 * the key were left by dead processes.
 */
async function publish({ cluster: { data }, programs }: ManagedServer, archive: string): Promise<void> {
	const folder = dirname(archive);
	const unfinished = `${archive}.${randomBytes(4).toString('hex')}.unfinished`;
	using _guard = guardPath(unfinished);
	try {
		for (const file of readdirSync(folder))
			if (file.startsWith(`${basename(archive)}.`)) rmSync(join(folder, file), { force: true });
		pruneData(data);
		await packCluster(dirname(data), unfinished, programs);
		renameSync(unfinished, archive);
	} catch (error) {
		rmSync(unfinished, { force: true });
		throw explainFileError(error, folder);
	}
}

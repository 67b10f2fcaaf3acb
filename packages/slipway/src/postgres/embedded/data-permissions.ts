import { chmodSync, type Dirent, existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../../errors.ts';

const folderMode = 0o700;
const fileMode = 0o600;
/** PostgreSQL refuses a data directory that its group may write to, or that others may use. */
const refused = 0o027;

/**
 * Throws `data-directory-permissions` if PostgreSQL would refuse the files in `cluster`, as after a `chmod -R` of the
 * project, and `unwritable` if they are another user's. Looks at the folders near the top only, since such a change
 * affects all of them.
 */
export function checkPermissions(cluster: string): void {
	const data = join(cluster, 'data');
	const databases = join(data, 'base');
	for (const folder of [cluster, data, databases]) {
		if (!existsSync(folder)) return; // What is missing is another error.
		checkOwner(folder, cluster);
		checkMode(folder, folderMode, cluster);
	}
	const mode = modeOf(data) ?? 0;
	if ((mode & refused) !== 0)
		throw wrongMode(data, mode, 'PostgreSQL does not start while other users have access to', cluster);
	for (const folder of [data, databases])
		for (const entry of entriesOf(folder))
			checkMode(join(folder, entry.name), entry.isDirectory() ? folderMode : fileMode, cluster);
}

/** Gives everything in `cluster` the modes that PostgreSQL gives its own files. */
export function fixPermissions(cluster: string): void {
	chmodSync(cluster, folderMode);
	for (const entry of entriesOf(cluster)) {
		const path = join(cluster, entry.name);
		if (entry.isDirectory()) fixPermissions(path);
		else chmodSync(path, fileMode);
	}
}

/** Undefined if it is gone: the server of a process that was killed may still be removing its files. */
function modeOf(path: string): number | undefined {
	const status = lstatSync(path, { throwIfNoEntry: false });
	return status && status.mode & 0o777;
}

/** Without symbolic links, whose modes mean nothing. */
const entriesOf = (folder: string): Dirent[] =>
	readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isSymbolicLink());

function checkMode(path: string, needed: number, cluster: string): void {
	const mode = modeOf(path) ?? needed;
	if ((mode & needed) !== needed)
		throw wrongMode(path, mode, 'PostgreSQL cannot use its data, since the owner has no access to', cluster);
}

function wrongMode(path: string, mode: number, what: string, cluster: string): SlipwayError {
	return new SlipwayError(
		'data-directory-permissions',
		`${what} ${path}, whose mode is ${mode.toString(8).padStart(4, '0')}`,
		`Restore the permissions: chmod -R u=rwX,go= '${cluster}'`,
	);
}

/** root becomes the owner of the files to start the server. */
function checkOwner(path: string, cluster: string): void {
	const [user, { uid }] = [process.getuid?.(), lstatSync(path)];
	if (user === undefined || user === 0 || user === uid) return;
	throw new SlipwayError(
		'unwritable',
		`${path} belongs to user ${uid}, and PostgreSQL would run as user ${user}`,
		`Change its owner: sudo chown -R "$(id -u):$(id -g)" '${cluster}'`,
	);
}

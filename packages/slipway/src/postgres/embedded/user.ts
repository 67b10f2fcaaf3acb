import { execFile } from 'node:child_process';
import { chownSync, lstatSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SlipwayError } from '../../errors.ts';
import { isFileLimit } from '../file-errors.ts';

const run = promisify(execFile);

/**
 * How to start PostgreSQL's programs: they refuse to run as root, and initdb needs a user with a name.
 * Nothing is changed on the machine for this.
 */
export interface Launch {
	/** Comes before the program and its arguments. */
	readonly prefix: readonly string[];
	/** The user to start the process as, where no program in `prefix` changes it. */
	readonly spawnAs: { readonly uid?: number; readonly gid?: number };
	/** The user who must own the server's files; undefined if that is the user who creates them. */
	readonly owner: User | undefined;
}

interface User {
	readonly uid: number;
	readonly gid: number;
}

const unchanged: Launch = { prefix: [], spawnAs: {}, owner: undefined };

/**
 * A user namespace without a mapping: the program sees itself as nobody, but to the rest of the system it is
 * the user who started it. So its files need no other owner, and home directories may stay closed. Docker's
 * default seccomp profile blocks this.
 */
export const inUserNamespace: Launch = { prefix: ['unshare', '-U', '--'], spawnAs: {}, owner: undefined };

/** Chooses how to start the server whose files are in the folder `cluster`, which need not exist yet. */
export async function chooseLaunch(cluster: string): Promise<Launch> {
	if (process.getuid === undefined) return unchanged;
	if (process.getuid() !== 0) return hasName() ? unchanged : namelessLaunch();
	const files = lstatSync(cluster, { throwIfNoEntry: false });
	if (files !== undefined && files.uid !== 0) return launchAs(files);
	if (await canUnshare()) return inUserNamespace;
	return await checked(launchAs(await findUser('nobody')));
}

/** The complete command line. */
export function withPrefix(launch: Launch, command: readonly string[]): [string, ...string[]] {
	return [...launch.prefix, ...command] as [string, ...string[]];
}

/**
 * Makes the user that the launch needs the owner of `directory` and everything in it, unless it already is.
 */
export function giveToOwner(directory: string, { owner }: Launch): void {
	if (owner === undefined || lstatSync(directory).uid === owner.uid) return;
	for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
		if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), owner.uid, owner.gid);
	}
	// Last, because its owner shows that the rest is done.
	chownSync(directory, owner.uid, owner.gid);
}

/**
 * root becomes `user`. On Linux it keeps CAP_DAC_OVERRIDE, which root has in containers too, to reach
 * programs and data in directories that are closed to that user, such as /root. PostgreSQL checks with
 * access(2), which ignores capabilities unless no_setuid_fixup is set.
 */
function launchAs({ uid, gid }: User): Launch {
	if (process.platform !== 'linux') return { prefix: [], spawnAs: { uid, gid }, owner: { uid, gid } };
	const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
	const reach = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
	return { prefix: ['setpriv', ...identity, ...reach, '--'], spawnAs: {}, owner: { uid, gid } };
}

/** A container may prevent even root from becoming another user. */
async function checked(launch: Launch): Promise<Launch> {
	const [file, ...args] = withPrefix(launch, ['true']);
	await run(file, args, launch.spawnAs).catch((error: unknown) => {
		if (isFileLimit(error)) throw error;
		throw new SlipwayError(
			'no-user-for-postgres',
			'PostgreSQL does not run as root, and root cannot become another user here',
			'Run this as an ordinary user, or give the container the capabilities that it has by default in Docker.',
			{ cause: error },
		);
	});
	return launch;
}

async function namelessLaunch(): Promise<Launch> {
	if (await canUnshare()) return inUserNamespace;
	throw new SlipwayError(
		'user-without-name',
		`PostgreSQL's initdb needs a user with a name, and uid ${process.getuid?.()} has none on this machine`,
		'Run as a user that is in /etc/passwd, or use your own server with SLIPWAY_POSTGRES=external.',
	);
}

function hasName(): boolean {
	try {
		return userInfo().username !== '';
	} catch {
		return false;
	}
}

/**
 * Tested once per process: the result stays the same, and the test takes half as long as opening a
 * connection.
 */
let unshareWorks: Promise<boolean> | undefined;

function canUnshare(): Promise<boolean> {
	unshareWorks ??= tryUnshare();
	return unshareWorks;
}

async function tryUnshare(): Promise<boolean> {
	if (process.platform !== 'linux') return false;
	return run('unshare', ['-U', 'true']).then(
		() => true,
		(error: unknown) => {
			if (isFileLimit(error)) throw error;
			return false;
		},
	);
}

async function findUser(name: string): Promise<User> {
	try {
		const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
		return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
	} catch (error) {
		if (isFileLimit(error)) throw error;
		throw new SlipwayError(
			'no-user-for-postgres',
			`PostgreSQL does not run as root, and there is no user "${name}" to run it as`,
			'Run this as an ordinary user.',
			{ cause: error },
		);
	}
}

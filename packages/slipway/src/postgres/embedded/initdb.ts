import { randomBytes } from 'node:crypto';
import { mkdirSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SlipwayError } from '../../errors.ts';
import { since } from '../../postgres-versions.ts';
import { fileLimit, reportsFileLimit, reportsNoSpace } from '../file-errors.ts';
import type { Programs } from './programs.ts';
import { guardPath } from './removal-guard.ts';
import { segmentError } from './shared-memory.ts';
import { endOf, orderStop, startSupervised } from './supervisor.ts';
import { giveToOwner } from './user.ts';

export const superuser = 'postgres';
export const passwordFile = 'superuser-password';

const newPassword = () => randomBytes(24).toString('base64url');

/**
 * Creates the folder `cluster`, with a data directory and the password of its superuser. It gets its name
 * when it is complete, so that after an interruption the next start simply creates it again.
 */
export async function createCluster(
	cluster: string,
	programs: Programs,
	password = newPassword(),
): Promise<void> {
	removeUnfinished(cluster);
	const unfinished = `${cluster}.unfinished-${randomBytes(6).toString('hex')}`;
	// The folder of a temporary server already has one.
	using _guard = programs.durable ? guardPath(unfinished) : undefined;
	mkdirSync(unfinished, { mode: 0o700 });
	try {
		writeFileSync(join(unfinished, passwordFile), password, { mode: 0o600, flush: true });
		mkdirSync(join(unfinished, 'data'), { mode: 0o700 });
		giveToOwner(unfinished, programs.launch);
		await runInitdb(unfinished, programs, initdbArguments(unfinished, programs));
		renameSync(unfinished, cluster);
	} finally {
		rmSync(unfinished, { recursive: true, force: true });
	}
}

/**
 * Removes what killed processes left. The caller has locked the directory, so no other process is working in
 * it.
 */
function removeUnfinished(cluster: string): void {
	const folder = dirname(cluster);
	for (const entry of readdirSync(folder)) {
		if (entry.startsWith(`${basename(cluster)}.unfinished-`))
			rmSync(join(folder, entry), { recursive: true, force: true, maxRetries: 10 });
	}
}

/** Writes all files of the data directory of a stopped server to the disk. */
export async function flushCluster(cluster: string, programs: Programs): Promise<void> {
	await runInitdb(cluster, programs, [`--pgdata=${join(cluster, 'data')}`, '--sync-only']);
}

async function runInitdb(cluster: string, programs: Programs, args: readonly string[]): Promise<void> {
	const log = openSync(join(cluster, 'initdb.log'), 'a+', 0o600);
	const supervisor = startSupervised({
		programs,
		command: programs.binaries.initdb,
		args,
		log,
		stopSignal: 'TERM',
		removeWhenStopped: undefined,
	});
	supervisor.ref();
	const { code, output } = await endOf(supervisor, log);
	orderStop(supervisor, 0); // initdb has exited; this only closes the pipe.
	if (code !== 0) throw initdbError(dirname(cluster), output);
}

function initdbArguments(unfinished: string, { binaries, durable }: Programs): string[] {
	return [
		`--pgdata=${join(unfinished, 'data')}`,
		`--username=${superuser}`,
		`--pwfile=${join(unfinished, passwordFile)}`,
		'--auth=scram-sha-256',
		'--encoding=UTF8',
		'--locale=C',
		// Sorts by code point and knows the letters of all scripts, in the same way on every system.
		...(binaries.major >= since.builtinLocale
			? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
			: []),
		'--no-instructions',
		// A snapshot contains one or two WAL files, which each start copies: the smaller, the faster.
		...(durable ? [] : ['--no-sync', '--wal-segsize=1']),
	];
}

function initdbError(directory: string, output: string): SlipwayError {
	const reason = (output.match(/^initdb: error: .*$|^.*(?:FATAL|PANIC|error while loading).*$/gm) ?? [output])
		.map((line) => line.replace(/^initdb: error: /, ''))
		.join('\n');
	const message = `PostgreSQL could not create its data directory in ${directory}: ${reason}`;
	const noSharedMemory = segmentError(message, reason);
	if (noSharedMemory !== undefined) return noSharedMemory;
	if (reportsFileLimit(reason)) return fileLimit(message);
	return reportsNoSpace(reason)
		? new SlipwayError('no-space', message, 'Free some space on that disk (at least 40 MB), then try again.')
		: new SlipwayError('initdb-failed', message, `Make sure that ${directory} is writable, then try again.`);
}

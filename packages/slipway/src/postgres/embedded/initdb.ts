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

/**
 * Makes `cluster`: a folder with the data directory and the password of its superuser. It appears under its name only
 * when it is whole, so that whatever interrupts its making, the next start makes it anew.
 */
export async function createCluster(cluster: string, programs: Programs): Promise<void> {
	removeUnfinished(cluster);
	const unfinished = `${cluster}.unfinished-${randomBytes(6).toString('hex')}`;
	// A temporary server's folder has one already.
	using _guard = programs.durable ? guardPath(unfinished) : undefined;
	mkdirSync(unfinished, { mode: 0o700 });
	try {
		const password = randomBytes(24).toString('base64url');
		writeFileSync(join(unfinished, passwordFile), password, { mode: 0o600, flush: true });
		mkdirSync(join(unfinished, 'data'), { mode: 0o700 });
		giveToOwner(unfinished, programs.launch);
		await runInitdb(unfinished, programs);
		renameSync(unfinished, cluster);
	} finally {
		rmSync(unfinished, { recursive: true, force: true });
	}
}

/** What a killed run left; the caller has claimed the directory, so that nobody is at work on it. */
function removeUnfinished(cluster: string): void {
	const folder = dirname(cluster);
	for (const entry of readdirSync(folder)) {
		if (entry.startsWith(`${basename(cluster)}.unfinished-`))
			rmSync(join(folder, entry), { recursive: true, force: true, maxRetries: 10 });
	}
}

async function runInitdb(unfinished: string, programs: Programs): Promise<void> {
	const log = openSync(join(unfinished, 'initdb.log'), 'a+', 0o600);
	const supervisor = startSupervised({
		programs,
		command: programs.binaries.initdb,
		args: initdbArguments(unfinished, programs),
		log,
		stopSignal: 'TERM',
		removeWhenStopped: undefined,
	});
	supervisor.ref();
	const { code, output } = await endOf(supervisor, log);
	orderStop(supervisor, 0); // It has ended; this closes the pipe.
	if (code !== 0) throw initdbError(dirname(unfinished), output);
}

function initdbArguments(unfinished: string, { binaries, durable }: Programs): string[] {
	return [
		`--pgdata=${join(unfinished, 'data')}`,
		`--username=${superuser}`,
		`--pwfile=${join(unfinished, passwordFile)}`,
		'--auth=scram-sha-256',
		'--encoding=UTF8',
		'--locale=C',
		// Sorts by code point and knows the letters of all scripts, alike on every system.
		...(binaries.major >= since.builtinLocale
			? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
			: []),
		'--no-instructions',
		// Small files of the log, because a snapshot has one or two of them, which each start copies.
		...(durable ? [] : ['--no-sync', '--wal-segsize=1']),
	];
}

function initdbError(directory: string, output: string): SlipwayError {
	const reason = (output.match(/^initdb: error: .*$|^.*(?:FATAL|PANIC|error while loading).*$/gm) ?? [output])
		.map((line) => line.replace(/^initdb: error: /, ''))
		.join('\n');
	const message = `PostgreSQL could not create its data directory in ${directory}: ${reason}`;
	const noSegment = segmentError(message, reason);
	if (noSegment !== undefined) return noSegment;
	if (reportsFileLimit(reason)) return fileLimit(message);
	return reportsNoSpace(reason)
		? new SlipwayError(
				'no-space',
				message,
				'Free some space on that disk (40 MB are needed), then try again.',
			)
		: new SlipwayError(
				'initdb-failed',
				message,
				`Check that ${directory} can be written to, then try again.`,
			);
}

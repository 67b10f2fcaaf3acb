import { type ExecFileOptions, execFile } from 'node:child_process';
import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SlipwayError } from '../../errors.ts';
import { reportsNoSpace } from '../file-errors.ts';
import { clusterIn } from './cluster-folder.ts';
import { passwordFile } from './initdb.ts';
import type { Programs } from './programs.ts';
import { withPrefix } from './user.ts';

const run = promisify(execFile);

/**
 * Archives `cluster` in a new file that only this user can read, and flushes it to disk. The password file
 * comes last: tar does not notice an archive that is cut off between two files, but a cluster without its
 * password is recognized as damaged.
 */
export async function packCluster(cluster: string, file: string, { environment }: Programs): Promise<void> {
	const archive = openSync(file, 'wx', 0o600);
	const parts = ['data', passwordFile].map((name) => join(basename(cluster), name));
	try {
		await runCopy(['tar', '-cf', file, '-C', dirname(cluster), ...parts], { env: environment }, file);
		fsyncSync(archive);
	} finally {
		closeSync(archive);
	}
}

/**
 * Extracts the cluster in `file` to `directory`, as files of the user that PostgreSQL runs as. One program
 * reading one file is the cheapest way to copy a thousand small files without blocking this process.
 */
export async function unpackCluster(
	file: string,
	directory: string,
	{ launch, environment }: Programs,
): Promise<void> {
	const command = withPrefix(launch, ['tar', '-xmof', file, '-C', directory]);
	await runCopy(command, { env: environment, ...launch.spawnAs }, directory).catch((error: CopyError) => {
		throw error instanceof SlipwayError
			? error
			: damaged(file, error.stderr?.split('\n')[0] ?? error.message);
	});
	// tar accepts an archive of nothing but zeros.
	if (!existsSync(clusterIn(directory))) throw damaged(file, 'it is empty');
}

/** `target` is the path to name if the disk is full. */
export async function runCopy(
	[command, ...args]: [string, ...string[]],
	options: ExecFileOptions,
	target: string,
): Promise<void> {
	await run(command, args, options).catch((error: CopyError) => {
		throw reportsNoSpace(error.stderr ?? '') ? noSpace(target, error) : error;
	});
}

type CopyError = Error & { readonly stderr?: string };

function noSpace(target: string, { message, stderr = message }: CopyError): SlipwayError {
	const cause = new Error(stderr.split('\n', 1)[0]); // The rest is one line for each file.
	return new SlipwayError(
		'no-space',
		`no space is left on the disk of ${target}`,
		'Free some space on that disk (at least 40 MB), then try again.',
		{ cause },
	);
}

export function damaged(file: string, reason: string): SlipwayError {
	return new SlipwayError('snapshot-damaged', `${file} cannot be read: ${reason}`, `Remove it: rm '${file}'`);
}

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
 * Writes `cluster` to a new file that only this user may read, and to the disk. What no cluster is whole without comes
 * last: tar does not miss what was cut off between two files.
 */
export async function packCluster(cluster: string, file: string, { environment }: Programs): Promise<void> {
	const archive = openSync(file, 'wx', 0o600);
	const parts = ['data', passwordFile].map((name) => join(basename(cluster), name));
	try {
		await runTar(['tar', '-cf', file, '-C', dirname(cluster), ...parts], { env: environment }, file);
		fsyncSync(archive);
	} finally {
		closeSync(archive);
	}
}

/**
 * Puts the cluster that `file` holds into `directory`, as files of the user that PostgreSQL runs as. One program that
 * reads one file is the cheapest way to copy a thousand small ones that leaves this process free meanwhile.
 */
export async function unpackCluster(
	file: string,
	directory: string,
	{ launch, environment }: Programs,
): Promise<void> {
	const command = withPrefix(launch, ['tar', '-xmof', file, '-C', directory]);
	await runTar(command, { env: environment, ...launch.spawnAs }, directory).catch((error: TarError) => {
		throw error instanceof SlipwayError
			? error
			: damaged(file, error.stderr?.split('\n')[0] ?? error.message);
	});
	// An archive of nothing but zeros is a good one to tar.
	if (!existsSync(clusterIn(directory))) throw damaged(file, 'it is empty');
}

async function runTar(
	[command, ...args]: [string, ...string[]],
	options: ExecFileOptions,
	target: string,
): Promise<void> {
	await run(command, args, options).catch((error: TarError) => {
		throw reportsNoSpace(error.stderr ?? '') ? noSpace(target, error) : error;
	});
}

type TarError = Error & { readonly stderr?: string };

function noSpace(target: string, cause: Error): SlipwayError {
	return new SlipwayError(
		'no-space',
		`no space is left on the disk of ${target}`,
		'Free some space on that disk (40 MB are needed), then try again.',
		{ cause },
	);
}

function damaged(file: string, complaint: string): SlipwayError {
	return new SlipwayError(
		'snapshot-damaged',
		`${file} cannot be read: ${complaint}`,
		`Remove it: rm '${file}'`,
	);
}

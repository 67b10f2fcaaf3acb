import { type ExecFileOptions, execFile } from 'node:child_process';
import { accessSync, closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { SlipwayError } from '../../errors.ts';
import { saysNoSpace } from './file-faults.ts';
import type { Programs } from './programs.ts';
import { withPrefix } from './user.ts';

const run = promisify(execFile);

/** Writes `folder` to a new file that only this user may read, and to the disk. */
export async function packFolder(folder: string, file: string, { environment }: Programs): Promise<void> {
	const archive = openSync(file, 'wx', 0o600);
	try {
		await runTar(['tar', '-cf', file, '-C', dirname(folder), basename(folder)], { env: environment }, file);
		fsyncSync(archive);
	} finally {
		closeSync(archive);
	}
}

/**
 * Puts the folder that `file` holds into `directory`, as files of the user that PostgreSQL runs as. One program that
 * reads one file is the cheapest way to copy a thousand small ones that leaves this process free meanwhile.
 */
export async function unpackFolder(
	file: string,
	directory: string,
	{ launch, environment }: Programs,
): Promise<void> {
	accessSync(file, constants.R_OK);
	const command = withPrefix(launch, ['tar', '-xmof', file, '-C', directory]);
	await runTar(command, { env: environment, ...launch.spawnAs }, directory).catch((error: unknown) => {
		throw error instanceof SlipwayError ? error : damaged(file, error as Error);
	});
}

async function runTar(
	[command, ...args]: [string, ...string[]],
	options: ExecFileOptions,
	target: string,
): Promise<void> {
	await run(command, args, options).catch((error: Error & { stderr?: string }) => {
		throw saysNoSpace(error.stderr ?? '') ? noSpace(target, error) : error;
	});
}

function noSpace(target: string, cause: Error): SlipwayError {
	return new SlipwayError(
		'no-space',
		`no space is left on the disk of ${target}`,
		'Free some space on that disk (40 MB are needed), then try again.',
		{ cause },
	);
}

function damaged(file: string, cause: Error): SlipwayError {
	return new SlipwayError(
		'snapshot-damaged',
		`the snapshot ${file} cannot be read: ${cause.message}`,
		`Remove it: rm '${file}'`,
		{ cause },
	);
}

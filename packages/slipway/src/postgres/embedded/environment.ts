import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { unusablePath } from './binaries.ts';

/**
 * The environment of PostgreSQL's programs: the same language and time zone everywhere, and nothing of the caller's
 * (its variables may hold passwords, and `PG…` would change what the programs do).
 */
export function programEnvironment(): NodeJS.ProcessEnv {
	return { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin' };
}

/**
 * The words that go before a program of the package `root` so that it finds its libraries. A command does it, because
 * macOS takes DYLD_… out of the environment of its own programs, among them the shell.
 */
export function libraryPrefix(root: string, directory: string): readonly string[] {
	const paths = [join(root, 'native/lib'), ...linkLibraries(root, directory)].join(delimiter);
	const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
	return ['env', `${variable}=${paths}`];
}

/**
 * A program asks for `libicuuc.so.60` where the file is `libicuuc.so.60.2`. npm packages cannot hold symbolic links:
 * this one lists them, and makes them after its installation, unless install scripts are off, as they are by default
 * in newer package managers. Then the links are made in `directory`, and not in node_modules, which may be read-only.
 */
function linkLibraries(root: string, directory: string): string[] {
	const list = readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8');
	const missing = (JSON.parse(list) as { source: string; target: string }[]).filter(
		({ target }) => !existsSync(join(root, target)),
	);
	if (missing.length === 0) return [];
	const links = join(directory, 'libraries');
	const [separator] = /[:;]/.exec(links) ?? [];
	if (separator !== undefined) throw unusablePath('its libraries', links, separator);
	rmSync(links, { recursive: true, force: true });
	mkdirSync(links);
	for (const { source, target } of missing) symlinkSync(join(root, source), join(links, basename(target)));
	return [links];
}

import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { basename, delimiter, dirname, join, relative } from 'node:path';
import { unusablePath } from './binaries.ts';

/**
 * The environment of PostgreSQL's programs: the same language and time zone everywhere. It inherits nothing,
 * since the caller's variables may contain passwords, and `PG…` variables would change what the programs do.
 */
export function programEnvironment(): NodeJS.ProcessEnv {
	return { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin' };
}

/**
 * The command to put before a program of the package in `root`, so that it finds its libraries. Setting the
 * variable in the supervisor's environment is not enough: macOS removes DYLD_… variables when it starts a
 * program of its own, such as the shell.
 */
export function libraryPrefix(root: string, directory: string): readonly string[] {
	const paths = [join(root, 'native/lib'), ...linkLibraries(root, directory)].join(delimiter);
	const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
	return ['env', `${variable}=${paths}`];
}

/**
 * A program loads `libicuuc.so.60`, but the file is `libicuuc.so.60.2`. npm packages cannot contain symbolic
 * links, so this one lists them and creates them in an install script. Newer package managers do not run
 * those by default. Then the links are created in `directory`, because node_modules may be read-only.
 */
function linkLibraries(root: string, directory: string): string[] {
	const missing = missingLinks(root);
	if (missing.length === 0) return [];
	const links = join(directory, 'libraries');
	const [separator] = /[:;]/.exec(links) ?? [];
	if (separator !== undefined) throw unusablePath('its libraries', links, separator);
	rmSync(links, { recursive: true, force: true });
	mkdirSync(links);
	for (const { source, target } of missing) symlinkSync(join(root, source), join(links, basename(target)));
	return [links];
}

interface Link {
	/** The existing file, and the link to it, relative to the package. */
	readonly source: string;
	readonly target: string;
}

/** The links that the package's install script would have created in its folder `root`. */
export function missingLinks(root: string): readonly Link[] {
	const list = readFileSync(join(root, 'native/pg-symlinks.json'), 'utf8');
	return (JSON.parse(list) as Link[]).filter(({ target }) => !existsSync(join(root, target)));
}

/** Does what the install script would have done. */
export function createLinks(root: string): void {
	for (const { source, target } of missingLinks(root))
		symlinkSync(relative(dirname(target), source), join(root, target));
}

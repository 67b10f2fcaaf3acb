import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * The environment of PostgreSQL's programs: the same language and time zone everywhere, and nothing of the caller's
 * (its variables may hold passwords, and `PG…` would change what the programs do).
 *
 * `directory` is where links to libraries may be put.
 */
export function programEnvironment(libraries: string, directory: string): NodeJS.ProcessEnv {
	const fixed = { LC_ALL: 'C', TZ: 'UTC' };
	if (process.platform === 'win32') return { SystemRoot: 'C:\\Windows', ...fixed };
	const unix = { ...fixed, PATH: '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin' };
	if (process.platform !== 'linux') return unix;
	return { ...unix, LD_LIBRARY_PATH: [libraries, ...linkLibraries(libraries, directory)].join(delimiter) };
}

/**
 * A program asks for `libicuuc.so.60` where the file is `libicuuc.so.60.2`. npm packages cannot hold symbolic links;
 * this one makes them after its installation, unless install scripts are off, as they are by default in newer
 * package managers. Then the links are made here, and not in node_modules, which may be read-only.
 */
function linkLibraries(libraries: string, directory: string): string[] {
	const missing = readdirSync(libraries)
		.map((file) => ({ file, link: /^(lib.+\.so\.\d+)\.\d+$/.exec(file)?.[1] ?? file }))
		.filter(({ link }) => !existsSync(join(libraries, link)));
	if (missing.length === 0) return [];
	const links = join(directory, 'libraries');
	rmSync(links, { recursive: true, force: true });
	mkdirSync(links);
	for (const { file, link } of missing) symlinkSync(join(libraries, file), join(links, link));
	return [links];
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../vitest/project.ts';

/** Leftover folders and files of servers, unfinished snapshots, and sockets. */
export function filesLeft({ folder, servers }: Project, spared: readonly string[]): string[] {
	return [
		...namesIn(servers).filter((name) => !spared.includes(name)),
		...namesIn(join(folder, 'node_modules/.cache/slipway/snapshots')).filter(
			(name) => name !== 'locks' && !/\.(?:tar|image\.json)$/.test(name),
		),
		...socketsIn([folder, servers]),
	].map((name) => `file ${name}`);
}

const namesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

/** Bound Unix sockets, including those whose files are gone. */
function socketsIn(folders: readonly string[]): string[] {
	const sockets = readFileSync('/proc/net/unix', 'utf8').split('\n');
	return sockets.filter((socket) => folders.some((folder) => socket.includes(` ${folder}/`)));
}

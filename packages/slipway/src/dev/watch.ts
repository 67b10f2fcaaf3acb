import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../errors.ts';

export interface WatchOptions {
	/**
	 * Called once after each burst of changes: editors save in several steps, and switching branches changes
	 * many files.
	 */
	readonly onChange: () => void;
	/** Called with an error after which changes may be missed. */
	readonly onError: (error: unknown) => void;
	/** A burst of changes ends after this many milliseconds without one. Default: 100. */
	readonly pause?: number;
}

/**
 * Watches `directory`, which may be a single file, and everything below it, even if it is moved away and comes back.
 *
 * On Linux, Node's recursive watch loses a file when another one is renamed over it, which is how most
 * editors save. So each folder has its own watcher. The list of folders is updated after each burst, before
 * `onChange`, so that `onChange` sees files that were created before their folder was watched.
 */
export function watchDirectory(
	directory: string,
	{ onChange, onError, pause = 100 }: WatchOptions,
): Disposable {
	const watchers = new Map<string, FSWatcher>();
	let timer: NodeJS.Timeout | undefined;
	const settle = () => {
		clearTimeout(timer);
		timer = setTimeout(() => {
			refresh();
			onChange();
		}, pause);
	};
	const refresh = () => {
		try {
			keepWatches(watchers, foldersOf(directory), (path) => watchFolder(path, directory, settle));
		} catch (error) {
			onError(error);
		}
	};
	refresh();
	return {
		[Symbol.dispose]: () => {
			clearTimeout(timer);
			for (const watcher of watchers.values()) watcher.close();
		},
	};
}

/** Large folders that hold no source. */
const unwatched = ['node_modules', '.git', '.slipway'];

/** The folders to watch, by a key that differs if a folder is replaced by another at the same path. */
function foldersOf(directory: string): Map<string, string> {
	const folders = new Map<string, string>();
	const add = (path: string) => {
		const status = statSync(path, { throwIfNoEntry: false });
		if (status?.isDirectory()) folders.set(`${path}\n${status.ino} ${status.birthtimeMs}`, path);
	};
	const addBelow = (folder: string) => {
		for (const entry of orIfMissing([], () => readdirSync(folder, { withFileTypes: true })))
			if (entry.isDirectory() && !unwatched.includes(entry.name)) {
				add(join(folder, entry.name));
				addBelow(join(folder, entry.name));
			}
	};
	add(dirname(directory)); // to notice that the directory itself is removed or created
	add(directory);
	addBelow(directory);
	return folders;
}

function keepWatches(
	watchers: Map<string, FSWatcher>,
	folders: ReadonlyMap<string, string>,
	start: (path: string) => FSWatcher,
): void {
	for (const [folder, watcher] of watchers) {
		if (folders.has(folder)) continue;
		watcher.close();
		watchers.delete(folder);
	}
	for (const [folder, path] of folders) {
		if (watchers.has(folder)) continue;
		const watcher = orIfMissing(undefined, () => start(path));
		if (watcher !== undefined) watchers.set(folder, watcher);
	}
}

function watchFolder(path: string, directory: string, onEvent: () => void): FSWatcher {
	const isParent = path === dirname(directory);
	const watcher = watch(path, (_event, name) => {
		if (!isParent || name === null || name === basename(directory)) onEvent();
	});
	return watcher.on('error', onEvent); // On some systems, the folder was removed. The next refresh finds out.
}

/**
 * The result of `read`, or `otherwise` if the folder is a file, or has just been removed, which causes another event.
 */
function orIfMissing<T>(otherwise: T, read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (hasCode(error, 'ENOENT', 'ENOTDIR')) return otherwise;
		throw error;
	}
}

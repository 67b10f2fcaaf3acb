import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hasCode } from '../errors.ts';

export interface WatchOptions {
	/** Called once after each burst of changes: editors write a file in several steps, a branch switch touches many. */
	readonly onChange: () => void;
	/** Told why changes may be missed from now on. */
	readonly onError: (error: unknown) => void;
}

/**
 * Watches `directory` and all below it, also while it is away for a moment.
 *
 * Node's own recursive watch loses a file under Linux that another was renamed over, which is how most programs save.
 * So every folder has a watch of its own, and which folders there are is looked up after each burst, before `onChange`:
 * what appeared unseen is there when `onChange` looks.
 */
export function watchDirectory(directory: string, { onChange, onError }: WatchOptions): Disposable {
	const watchers = new Map<string, FSWatcher>();
	let timer: NodeJS.Timeout | undefined;
	const settle = () => {
		clearTimeout(timer);
		timer = setTimeout(() => {
			refresh();
			onChange();
		}, 100);
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

/** The folders to watch by what tells each from another that had its path before. */
function foldersOf(directory: string): Map<string, string> {
	const folders = new Map<string, string>();
	const add = (path: string) => {
		const status = statSync(path, { throwIfNoEntry: false });
		if (status?.isDirectory()) folders.set(`${path}\n${status.ino} ${status.birthtimeMs}`, path);
		return status !== undefined;
	};
	add(dirname(directory)); // tells when the directory itself goes and comes
	if (!add(directory)) return folders;
	const entries = orIfGone([], () => readdirSync(directory, { recursive: true, withFileTypes: true }));
	for (const entry of entries) if (entry.isDirectory()) add(join(entry.parentPath, entry.name));
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
		const watcher = orIfGone(undefined, () => start(path));
		if (watcher !== undefined) watchers.set(folder, watcher);
	}
}

function watchFolder(path: string, directory: string, onEvent: () => void): FSWatcher {
	const isParent = path === dirname(directory);
	const watcher = watch(path, (_event, name) => {
		if (!isParent || name === null || name === basename(directory)) onEvent();
	});
	return watcher.on('error', onEvent); // The folder is gone, under some systems; the next look tells.
}

/** What `look` finds, and `otherwise` when what it looks at has just been removed; that is an event of its own. */
function orIfGone<T>(otherwise: T, look: () => T): T {
	try {
		return look();
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return otherwise;
		throw error;
	}
}

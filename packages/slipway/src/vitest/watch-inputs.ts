import type { Vitest } from 'vitest/node';
import { watchedPaths } from '../migration-sources/index.ts';

/**
 * Returns a function that makes vitest's watch mode rerun tests when a file that matches one of these patterns is
 * changed, added or removed. vitest alone watches what tests import, and ignores removed files.
 */
export function watchInputs({ config, vite, watcher }: Vitest): (patterns: readonly string[]) => void {
	const watched = new Set<string>();
	const isWatched = (file: string) =>
		watchedPaths([...watched]).some((path) => file === path || file.startsWith(`${path}/`));
	// Runs before vitest's own listener, which marks the file as handled and reruns nothing.
	vite.watcher.prependListener('unlink', (file: string) => {
		if (isWatched(file)) watcher.onFileChange(file);
	});
	return (patterns) => {
		const added = patterns.filter((each) => !watched.has(each));
		for (const pattern of added) watched.add(pattern);
		vite.watcher.add(watchedPaths(added));
		config.forceRerunTriggers.push(...added);
	};
}

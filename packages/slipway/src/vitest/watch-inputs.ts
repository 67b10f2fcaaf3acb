import { dirname } from 'node:path';
import type { Vitest } from 'vitest/node';

/**
 * Returns a function that makes vitest's watch mode rerun tests when one of these files changes, or a file in
 * one of these folders is changed, added or removed. vitest alone watches what tests import, and ignores
 * removed files.
 */
export function watchInputs({ config, vite, watcher }: Vitest): (inputs: readonly string[]) => void {
	const watched = new Set<string>();
	// Runs before vitest's own listener, which marks the file as handled and reruns nothing.
	vite.watcher.prependListener('unlink', (file: string) => {
		if (watched.has(file) || watched.has(dirname(file))) watcher.onFileChange(file);
	});
	return (inputs) => {
		for (const input of inputs.filter((each) => !watched.has(each))) {
			watched.add(input);
			vite.watcher.add(input);
			config.forceRerunTriggers.push(escapeGlob(input), `${escapeGlob(input)}/*`);
		}
	};
}

/** The path as a glob pattern that matches nothing else. */
const escapeGlob = (path: string) => path.replaceAll('\\', '/').replace(/[$^*+?()[\]{}!@|]/g, '\\$&');

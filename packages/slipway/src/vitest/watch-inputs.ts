import { dirname } from 'node:path';
import type { Vitest } from 'vitest/node';

/**
 * Tells vitest's watch mode of files and folders that tests are run again for when one of them changes, or a file in one
 * comes or goes. By itself vitest looks at what tests import, and never runs them again for what is removed.
 */
export function watchInputs({ config, vite, watcher }: Vitest): (inputs: readonly string[]) => void {
	const watched = new Set<string>();
	// Before vitest's own listener, which would have it that there is nothing to run for this file.
	vite.watcher.prependListener('unlink', (file: string) => {
		if (watched.has(file) || watched.has(dirname(file))) watcher.onFileChange(file);
	});
	return (inputs) => {
		for (const input of inputs.filter((each) => !watched.has(each))) {
			watched.add(input);
			vite.watcher.add(input);
			config.forceRerunTriggers.push(literally(input), `${literally(input)}/*`);
		}
	};
}

/** A path as a pattern that has no other match. */
const literally = (path: string) => path.replaceAll('\\', '/').replace(/[$^*+?()[\]{}!@|]/g, '\\$&');

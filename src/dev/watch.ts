import { watch } from 'node:fs';

/**
 * Calls `onChange` once after each burst of changes below `directory`: editors write a file in several steps, and a
 * branch switch touches many.
 */
export function watchDirectory(directory: string, onChange: () => void): Disposable {
	let timer: NodeJS.Timeout | undefined;
	const watcher = watch(directory, { recursive: true }, () => {
		clearTimeout(timer);
		timer = setTimeout(onChange, 100);
	});
	return {
		[Symbol.dispose]: () => {
			clearTimeout(timer);
			watcher.close();
		},
	};
}

import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Lets this process end while `child` runs with the read end of a pipe from it. The child may exit first. It has no pipe if
 * there are too many open files. Bun's pipes have no `unref`, because they never keep a process alive.
 */
export function unrefWithInput(child: ChildProcess): void {
	child.unref();
	const stdin = child.stdin as (Omit<Socket, 'unref'> & Partial<Pick<Socket, 'unref'>>) | null | undefined;
	stdin?.on('error', () => {});
	stdin?.unref?.();
}

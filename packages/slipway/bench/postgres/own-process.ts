import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SlipwayError } from '../../src/errors.ts';
import type { Contender, Place } from './contender.ts';

export type Answer =
	| { readonly milliseconds: number }
	| { readonly message: string; readonly code: string | undefined };

/**
 * Runs a contender in its own process: the more memory a process has, the slower it starts others, and one
 * contender has PostgreSQL in its own memory. Its stdout is discarded.
 */
export function inOwnProcess(name: string, { root, folder }: Place): Contender {
	const child = fork(join(import.meta.dirname, 'process.ts'), [name, root, folder], {
		stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
	});
	const exited = once(child, 'exit');
	return {
		async turn() {
			const answer = once(child, 'message').then(([message]) => message as Answer);
			child.send('turn');
			const given = await Promise.race([answer, exited.then(() => failExited(name))]);
			if ('milliseconds' in given) return given.milliseconds;
			throw new SlipwayError(
				given.code ?? 'contender-failed',
				given.message,
				`Check the contender "${name}".`,
			);
		},
		async [Symbol.asyncDispose]() {
			if (child.connected) child.disconnect();
			await exited;
		},
	};
}

function failExited(name: string): never {
	throw new SlipwayError('contender-failed', `the process of "${name}" exited`, 'Fix the error above.');
}

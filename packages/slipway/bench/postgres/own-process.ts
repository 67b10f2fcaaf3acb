import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SlipwayError } from '../../src/errors.ts';
import type { Contender, Place } from './contender.ts';

export type Answer =
	| { readonly milliseconds: number }
	| { readonly message: string; readonly code: string | undefined };

/**
 * A contender in a process of its own: a process starts others the slower the more memory it has, and one of the
 * contenders has PostgreSQL in it. What it prints on stdout is not wanted.
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
			const given = await Promise.race([answer, exited.then(() => didEnd(name))]);
			if ('milliseconds' in given) return given.milliseconds;
			throw new SlipwayError(
				given.code ?? 'contender-failed',
				given.message,
				`It is the contender "${name}".`,
			);
		},
		async [Symbol.asyncDispose]() {
			if (child.connected) child.disconnect();
			await exited;
		},
	};
}

function didEnd(name: string): never {
	throw new SlipwayError('contender-failed', `the process of "${name}" ended`, 'Mend what it says above.');
}

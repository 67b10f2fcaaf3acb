import { createInterface } from 'node:readline/promises';
import { SlipwayError } from '../errors.ts';

/** Asks on the terminal whether to do `operation`. Throws `not-confirmed` unless the answer is yes. */
export async function confirm(operation: string): Promise<void> {
	if (!process.stdin.isTTY)
		throw new SlipwayError(
			'not-confirmed',
			`there is no terminal on which to ask whether to ${operation}`,
			'Pass --yes to confirm.',
		);
	using terminal = createInterface({ input: process.stdin, output: process.stderr });
	const answer = await terminal.question(`Really ${operation}? [y/N] `).catch(() => {
		// Ctrl-C is an answer as well, and leaves the line without an end.
		process.stderr.write('\n');
		return 'n';
	});
	if (/^y(es)?$/i.test(answer.trim())) return;
	throw new SlipwayError(
		'not-confirmed',
		`you chose not to ${operation}`,
		'Answer y, or pass --yes to confirm.',
	);
}

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
	const answer = await ask(`Really ${operation}? [y/N] `);
	if (/^y(es)?$/i.test(answer.trim())) return;
	throw new SlipwayError(
		'not-confirmed',
		`you chose not to ${operation}`,
		'Answer y, or pass --yes to confirm.',
	);
}

async function ask(question: string): Promise<string> {
	const terminal = createInterface({ input: process.stdin, output: process.stderr });
	try {
		return await terminal.question(question);
	} catch {
		// Ctrl-C is an answer too, and leaves its line unended.
		process.stderr.write('\n');
		return 'n';
	} finally {
		terminal.close();
	}
}

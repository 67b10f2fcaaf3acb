import { createInterface } from 'node:readline/promises';
import { SlipwayError } from '../errors.ts';

/** Asks on the terminal whether to do `deed`. Throws `not-confirmed` unless the answer is yes. */
export async function confirm(deed: string): Promise<void> {
	if (!process.stdin.isTTY)
		throw new SlipwayError('not-confirmed', `there is no terminal to ask whether to ${deed}`, 'Say --yes.');
	const answer = await ask(`Really ${deed}? [y/N] `);
	if (/^y(es)?$/i.test(answer.trim())) return;
	throw new SlipwayError('not-confirmed', `the answer was not to ${deed}`, 'Answer y, or say --yes.');
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

import { createInterface } from 'node:readline/promises';
import { SlipwayError } from '../errors.ts';

export interface ConfirmOptions {
	/** Whether Enter alone means yes, for what can be taken back. */
	readonly isDefault?: boolean;
}

/** Whether there is a person to ask. */
export const isInteractive = (): boolean => Boolean(process.stdin.isTTY);

/** Asks on the terminal whether to do `operation`. Throws `not-confirmed` unless the answer is yes. */
export async function confirm(operation: string, { isDefault = false }: ConfirmOptions = {}): Promise<void> {
	if (!isInteractive())
		throw new SlipwayError(
			'not-confirmed',
			`there is no terminal on which to ask whether to ${operation}`,
			'Pass --yes to confirm.',
		);
	const answer = await ask(isDefault ? `Proceed to ${operation}? [Y/n] ` : `Really ${operation}? [y/N] `);
	if (/^y(es)?$/i.test(answer.trim()) || (isDefault && answer.trim() === '')) return;
	throw new SlipwayError(
		'not-confirmed',
		`you chose not to ${operation}`,
		'Answer y, or pass --yes to confirm.',
	);
}

/** The answer to a question on the terminal. Ctrl-C is an answer too: n. */
export async function ask(question: string): Promise<string> {
	const terminal = createInterface({ input: process.stdin, output: process.stderr });
	try {
		return await terminal.question(question);
	} catch {
		// Ctrl-C leaves its line unended.
		process.stderr.write('\n');
		return 'n';
	} finally {
		terminal.close();
	}
}

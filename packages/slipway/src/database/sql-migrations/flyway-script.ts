import type { Problem } from '../migrations/sections.ts';
import { matchesOutsideComments } from './outside-comments.ts';
import { refusesTransaction } from './outside-transaction.ts';
import { type Block, type Blocks, blockOf } from './sections.ts';

/** A file of Flyway's, with the text of its script configuration. */
export function readFlywayScript(text: string, config: string): Blocks {
	const { executeInTransaction, placeholderReplacement } = parseConfig(config);
	const { statements } = blockOf(text, 0, text.length, true);
	const placeholders = placeholderReplacement === 'false' ? [] : placeholderProblems(text);
	if (executeInTransaction === 'false')
		return { blocks: [{ inTransaction: false, statements }], problems: placeholders };
	const alone = statements.filter((statement) => refusesTransaction(statement.text));
	const block: Block = { inTransaction: alone.length === 0, statements };
	return { blocks: [block], problems: [...placeholders, ...mixtureProblems(block, alone)] };
}

/** Flyway takes a file out of its transaction only if all of its statements need that. */
function mixtureProblems({ statements }: Block, alone: Block['statements']): Problem[] {
	const [first] = alone;
	if (first === undefined || alone.length === statements.length) return [];
	const message =
		'this statement cannot run in a transaction, and others in the file can, which Flyway refuses: move it to a file of its own, or write executeInTransaction=false into <file>.conf';
	return [{ index: first.index, message }];
}

/** Flyway replaces placeholders everywhere, also within literals. */
function placeholderProblems(text: string): Problem[] {
	return matchesOutsideComments(text, /\$\{[^}\n]*\}/g).map(({ text: placeholder, index }) => ({
		index,
		message: `the placeholder ${placeholder}, whose value only Flyway knows: write the value into the file, or placeholderReplacement=false into <file>.conf if it is text`,
	}));
}

/** Properties, one per line. */
function parseConfig(text: string): Readonly<Record<string, string | undefined>> {
	const lines = text.split('\n').filter((line) => !/^\s*([#!]|$)/.test(line));
	return Object.fromEntries(
		lines.map((line) => {
			const [key = '', ...value] = line.split('=');
			return [key.trim(), value.join('=').trim().toLowerCase()];
		}),
	);
}

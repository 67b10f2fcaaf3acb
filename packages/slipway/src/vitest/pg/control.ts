import { firstTokens, splitStatements } from '../../database/sql-text/index.ts';

/** What a statement does to the transaction of its client. */
export type Control =
	| { readonly does: 'begin' /** `read only, isolation level …` */; readonly modes: string }
	| { readonly does: 'commit' | 'rollback' | 'savepoint' }
	/** Cannot work within another transaction. */
	| { readonly does: 'refused'; readonly name: string };

export interface ScriptStatement {
	readonly text: string;
	readonly control: Control | undefined;
}

/** The statements of `sql` if one of them controls the transaction. */
export function readControl(sql: string): readonly ScriptStatement[] | undefined {
	if (!keywords.test(sql)) return undefined;
	const statements = splitStatements(sql).map(({ text }) => ({ text, control: controlOf(text) }));
	return statements.some(({ control }) => control !== undefined) ? statements : undefined;
}

const keywords = /\b(?:begin|start|commit|end|rollback|abort|savepoint|release|prepare|listen)\b/i;

function controlOf(statement: string): Control | undefined {
	const words = firstTokens(statement, 4).map((word) => word.toLowerCase());
	const [first = '', second = ''] = words;
	if (first === 'begin' || (first === 'start' && second === 'transaction'))
		return { does: 'begin', modes: statement.replace(beginWords, '').trim() };
	if (first === 'savepoint' || first === 'release') return { does: 'savepoint' };
	if (first === 'listen') return { does: 'refused', name: 'LISTEN' };
	if (first === 'prepare' && second === 'transaction')
		return { does: 'refused', name: 'PREPARE TRANSACTION' };
	if (!ends.has(first)) return undefined;
	const [next = '', chain = ''] = words.slice(['work', 'transaction'].includes(second) ? 2 : 1);
	if (next === 'to') return { does: 'savepoint' };
	if (next === 'prepared') return { does: 'refused', name: `${first.toUpperCase()} PREPARED` };
	if (next === 'and' && chain === 'chain')
		return { does: 'refused', name: `${first.toUpperCase()} AND CHAIN` };
	return { does: first === 'commit' || first === 'end' ? 'commit' : 'rollback' };
}

const ends = new Set(['commit', 'end', 'rollback', 'abort']);
const beginWords = /^(?:begin(?:\s+(?:work|transaction))?|start\s+transaction)\b/i;

import { excerpt } from '../migrations/excerpt.ts';
import { splitScript } from '../migrations/psql.ts';
import type { Problem } from '../migrations/sections.ts';
import type { Statement } from '../migrations/statements.ts';
import type { Dialect, Directive } from './dialects.ts';

/** Statements of a file that run in one transaction, or each on its own. */
export interface Block {
	readonly inTransaction: boolean;
	/** Their `index` is relative to the start of the file. */
	readonly statements: readonly Statement[];
}

export interface Blocks {
	readonly blocks: readonly Block[];
	readonly problems: readonly Problem[];
}

interface PlacedDirective extends Directive {
	readonly index: number;
	readonly text: string;
}

/** The up sections of a file in `dialect`. */
export function readUpSections(text: string, dialect: Dialect): Blocks {
	const directives = Array.from(text.matchAll(dialect.line), (match) => ({
		...dialect.read(match[1] ?? ''),
		index: match.index,
		text: match[0],
	}));
	const problems = directives.flatMap(({ index, text, problem }) =>
		problem === undefined ? [] : [{ index, message: `"${excerpt(text)}": ${problem}` }],
	);
	const sections = directives.filter(({ direction }) => direction !== undefined);
	const [stray] = dialect.strict ? splitScript(text.slice(0, sections[0]?.index)) : [];
	if (stray !== undefined)
		problems.push({
			index: stray.index,
			message: `a statement before "${excerpt(sections[0]?.text ?? '')}", which ${dialect.tool} refuses`,
		});
	const always = directives.some(({ direction, noTransaction }) => !direction && noTransaction);
	return { blocks: mergeBlocks(upBlocks(text, sections, always)), problems };
}

function upBlocks(text: string, sections: readonly PlacedDirective[], noTransaction: boolean): Block[] {
	return sections.flatMap((section, position) => {
		if (section.direction !== 'up') return [];
		const inTransaction = !noTransaction && section.noTransaction !== true;
		return [blockOf(text, section.index, sections[position + 1]?.index ?? text.length, inTransaction)];
	});
}

export function blockOf(text: string, start: number, end: number, inTransaction: boolean): Block {
	const statements = splitScript(text.slice(start, end));
	return {
		inTransaction,
		statements: statements.map((each) => ({ ...each, index: each.index + start })),
	};
}

/** Neighbours that both run in a transaction run in the same one. */
function mergeBlocks(blocks: readonly Block[]): readonly Block[] {
	const merged: Block[] = [];
	for (const block of blocks) {
		const last = merged.at(-1);
		if (last?.inTransaction !== block.inTransaction) merged.push(block);
		else merged.splice(-1, 1, { ...last, statements: [...last.statements, ...block.statements] });
	}
	return merged;
}

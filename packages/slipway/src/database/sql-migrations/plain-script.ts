import { excerpt } from '../migrations/excerpt.ts';
import { readForeignMarker } from '../migrations/markers.ts';
import type { Problem } from '../migrations/sections.ts';
import { readComments, type Statement } from '../migrations/statements.ts';
import { matchesOutsideComments } from './outside-comments.ts';
import { mayCommit, refusesTransaction } from './outside-transaction.ts';
import { type Block, type Blocks, blockOf } from './sections.ts';

/**
 * A file without sections, as Prisma, Drizzle, Supabase, golang-migrate and others have them: they send it as
 * one message, so that it runs in a transaction unless it is a single statement.
 */
export function readPlainScript(text: string): Blocks {
	const block = blockOf(text, 0, text.length, true);
	const [only, ...others] = block.statements;
	const isAlone =
		only !== undefined && others.length === 0 && (refusesTransaction(only.text) || mayCommit(only.text));
	const inTransaction = !isAlone && !noTransaction.test(text);
	return {
		blocks: [{ ...block, inTransaction }],
		problems: [...markerProblems(text, block), ...placeholderProblems(text)],
	};
}

/** Of Atlas, graphile-migrate and sqlx. */
const noTransaction = /^(-- ?atlas:txmode none|--! no-transaction\b|-- no-transaction[^\S\n]*$)/m;

/** Of graphile-migrate's committed files. Casts have two colons. */
function placeholderProblems(text: string): Problem[] {
	if (!/^--! (Previous|Hash):/m.test(text)) return [];
	return matchesOutsideComments(text, /(?<!:):[A-Z][A-Z0-9_]+\b/g).map(({ text: placeholder, index }) => ({
		index,
		message: `the placeholder ${placeholder}, whose value only graphile-migrate knows: let it apply the migrations: { command: 'npx graphile-migrate migrate', inputs: [ … ] }`,
	}));
}

/** Sections that only another tool would know apart would all run. */
function markerProblems(text: string, { statements }: Block): Problem[] {
	return readComments(text).flatMap((comment) => {
		if (/^--\s*atlas:delimiter\b/.test(comment.text))
			return [{ index: comment.index, message: 'a delimiter of Atlas: separate statements by semicolons' }];
		const marker = readForeignMarker(comment.text);
		if (marker === undefined || !isMeant(comment, marker, statements)) return [];
		const shown = `"${excerpt(comment.text)}"`;
		return [
			{
				index: comment.index,
				message:
					marker.tool === undefined
						? `${shown} seems to begin the part that reverts the migration, but all statements would run: delete that part, or move it to a .down.sql file`
						: `${shown} is a section marker of ${marker.tool}, but not one that this tool, or Slipway, reads in such a file: let the tool apply the migrations: { command: … , inputs: [ … ] }`,
			},
		];
	});
}

/** A comment that only resembles a marker counts if statements follow that would revert the ones before. */
function isMeant(
	{ index }: Statement,
	{ tool, direction }: NonNullable<ReturnType<typeof readForeignMarker>>,
	statements: readonly Statement[],
): boolean {
	if (tool !== undefined) return !statements.some((each) => contains(each, index));
	const [first, last] = [statements[0], statements.at(-1)];
	return (
		direction === 'down' &&
		first !== undefined &&
		last !== undefined &&
		first.index < index &&
		last.index > index &&
		!statements.some((each) => contains(each, index))
	);
}

const contains = (statement: Statement, index: number) =>
	index > statement.index && index < statement.index + statement.text.length;

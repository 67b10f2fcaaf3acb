/** Goes up when an older Slipway would misread a note or what it stands for. */
const currentFormat = 1;

interface Common {
	/** The database name in the settings. It tells projects on one server apart. */
	readonly project: string;
	/** When this was created, saved or, for a branch, last picked. */
	readonly at: string;
}

/** The data of a git branch in one checkout. */
export interface BranchNote extends Common {
	readonly kind: 'branch';
	readonly branch: string;
	readonly checkout: string;
	/** It was copied, and the branch's migrations and seeds have not all run yet. */
	readonly isNew?: true;
}

/** A saved state. */
export interface StateNote extends Common {
	readonly kind: 'state';
	readonly name: string;
	/** The branch or, without branches, the database that it was saved from. */
	readonly from: string;
	readonly migrations: readonly AppliedMigration[];
}

/** What a database contained before it was restored, reset or copied to. */
export interface UndoNote extends Common {
	readonly kind: 'undo';
	readonly of: string;
}

export type AppliedMigration = readonly [name: string, sha256: string];

/** What a database is for. It is the comment on the database, so that the two cannot disagree. */
export type Note = BranchNote | StateNote | UndoNote;

export const formatNote = (note: Note): string => JSON.stringify({ slipway: currentFormat, ...note });

/** The note that a comment is, if it is one. `isNewer`: a later Slipway wrote it. */
export function parseNote(comment: string | null): { readonly note?: Note; readonly isNewer: boolean } {
	const value = parseObject(comment ?? '');
	const { slipway: format, ...note } = value;
	if (typeof format !== 'number' || typeof note.project !== 'string') return { isNewer: false };
	return { note: note as unknown as Note, isNewer: format > currentFormat };
}

function parseObject(text: string): { readonly [name: string]: unknown; readonly project?: unknown } {
	if (!text.startsWith('{')) return {};
	try {
		return JSON.parse(text);
	} catch {
		return {};
	}
}

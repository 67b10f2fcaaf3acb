import { createHash, randomBytes } from 'node:crypto';

const hashOf = (...parts: readonly string[]) =>
	createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 10);

/** The characters of `text` that need no quotes, at most `length` of them. */
const readable = (text: string, length: number) =>
	text
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, '_')
		.slice(0, length)
		.replaceAll(/^_+|_+$/g, '') || 'x';

/**
 * A database name of at most 63 bytes for `parts`, whatever they contain. The hash keeps names apart that read the same.
 */
function derivedName(kind: string, project: string, label: string, ...others: readonly string[]): string {
	const hash = hashOf(kind, project, label, ...others);
	return `${readable(project, 18)}_${kind}_${readable(label, 24)}_${hash}`;
}

export const branchDatabaseName = (project: string, branch: string, checkout: string): string =>
	derivedName('branch', project, branch, checkout);
export const stateDatabaseName = (project: string, state: string): string =>
	derivedName('state', project, state);
export const undoDatabaseName = (project: string, database: string): string =>
	derivedName('undo', project, database);

/** What the names of the project's unfinished and discarded databases begin with. */
export const temporaryPrefix = (project: string): string => `slipway_tmp_${hashOf(project)}_`;
export const temporaryName = (project: string): string =>
	`${temporaryPrefix(project)}${randomBytes(6).toString('hex')}`;

/** A key for PostgreSQL's advisory locks, which is the same for all processes that work on the project's data. */
export const lockKey = (project: string): string =>
	BigInt.asIntN(
		64,
		BigInt(`0x${createHash('sha256').update(`dev data ${project}`).digest('hex').slice(0, 16)}`),
	).toString();

import { outline } from '../migrations/statements.ts';

/** Whether PostgreSQL runs `statement` outside a transaction block only. */
export function refusesTransaction(statement: string): boolean {
	const text = outline(statement.slice(0, maxLength)).toUpperCase();
	return patterns.some((pattern) => pattern.test(text));
}

/** No such statement is longer, and one that inserts rows may be megabytes long. */
const maxLength = 10_000;

const patterns: readonly RegExp[] = [
	/^(CREATE|DROP) (DATABASE|TABLESPACE|SUBSCRIPTION)\b/,
	/^(CREATE( UNIQUE)?|DROP) INDEX CONCURRENTLY\b/,
	/^ALTER SYSTEM\b/,
	/^ALTER DATABASE .* SET TABLESPACE\b/,
	/^ALTER TABLE .* DETACH PARTITION .* CONCURRENTLY$/,
	/^REINDEX\b.* CONCURRENTLY\b/,
	/^REINDEX( \( .*?\)| VERBOSE)? (SCHEMA|DATABASE|SYSTEM)\b/,
	/^VACUUM\b/,
	/^CLUSTER( VERBOSE)?$/,
	/^DISCARD ALL\b/,
];

/** Whether `statement` may be one that ends transactions itself, which it can outside a block only. */
export function mayCommit(statement: string): boolean {
	return /^(do|call)\b/i.test(statement) && /\b(commit|rollback)\b|^call\b/i.test(statement);
}

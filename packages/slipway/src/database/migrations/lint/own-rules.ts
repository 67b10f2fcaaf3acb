import type { MigrationScript } from '../script.ts';
import { outline } from '../statements.ts';
import type { Complaint } from './squawk.ts';

interface Rule {
	readonly kind: string;
	/** Matched against the outline of a statement. */
	readonly pattern: RegExp;
	readonly message: string;
}

const rewrites = 'It rewrites the whole table and blocks all reads and writes meanwhile.';

/** Statements that block a table and that squawk has no rule for. It has one for TRUNCATE … CASCADE. */
const rules: readonly Rule[] = [
	{
		kind: 'truncate-table',
		pattern: /^truncate\b(?!.*\bcascade\b)/is,
		message:
			'It removes all rows for good, and waits for every session that reads the table. To remove only some rows, delete them in batches.',
	},
	{ kind: 'cluster', pattern: /^cluster\b/i, message: rewrites },
	{ kind: 'vacuum-full', pattern: /^vacuum\s*(?:full\b|\([^)]*\bfull\b)/i, message: rewrites },
	{
		kind: 'set-logged',
		pattern: /^alter\s+(?:table|sequence)\b.*\bset\s+(?:un)?logged\b/is,
		message: rewrites,
	},
	{
		kind: 'refresh-without-concurrently',
		pattern: /^refresh\s+materialized\s+view\s+(?!concurrently\b)/i,
		message:
			'It blocks reads of the view meanwhile. Give the view a unique index, and use REFRESH MATERIALIZED VIEW CONCURRENTLY.',
	},
	{
		kind: 'lock-table',
		pattern: /^lock\b/i,
		message: 'It locks the table until the migration ends.',
	},
];

/** Applies Slipway's own rules to the up parts. */
export function applyOwnRules(scripts: readonly MigrationScript[]): readonly Complaint[] {
	return scripts.flatMap(({ file, up }) =>
		up.statements.flatMap(({ text, index }) => {
			const words = outline(text);
			return rules
				.filter(({ pattern }) => pattern.test(words))
				.map(({ kind, message }) => ({ name: file.name, index, kind, message }));
		}),
	);
}

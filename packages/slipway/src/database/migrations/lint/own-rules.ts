import type { MigrationScript } from '../script.ts';
import { outline } from '../statements.ts';
import type { Complaint } from './squawk.ts';

interface Rule {
	readonly kind: string;
	/** Matched against the outline of a statement. */
	readonly pattern: RegExp;
	readonly message: string;
}

const rewrites = 'It rewrites the whole table, which nobody can read or write meanwhile.';

/** What keeps everybody from a table, and squawk does not know. TRUNCATE … CASCADE it does. */
const rules: readonly Rule[] = [
	{
		kind: 'truncate-table',
		pattern: /^truncate\b(?!.*\bcascade\b)/is,
		message:
			'It removes all rows for good, and waits for everybody who reads the table. Delete rows in batches where they are not all to go.',
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
			'Nobody can read the view meanwhile. Give it a unique index, and REFRESH MATERIALIZED VIEW CONCURRENTLY.',
	},
	{
		kind: 'lock-table',
		pattern: /^lock\b/i,
		message: 'It keeps others from the table until the migration has ended.',
	},
];

/** What the rules that are Slipway's own say of the up parts. */
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

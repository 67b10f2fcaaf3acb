import type { FlywayName } from './flyway-name.ts';

/**
 * Whether a file reverts a migration: `1_a.down.sql`, Flyway's `U1__a.sql`, and the second of a pair that one
 * of `names` completes, such as `a/down.sql` beside `a/up.sql` or `1.undo.sql` beside `1.do.sql`.
 */
export function isDownFile(
	name: string,
	names: ReadonlySet<string>,
	flyway: FlywayName | undefined,
): boolean {
	if (flyway?.kind === 'U' || /\.down\.sql$/i.test(name)) return true;
	const [, stem, word = '', suffix] = ending.exec(name) ?? [];
	return (opposites[word] ?? []).some((other) => names.has(`${stem}${other}${suffix}`));
}

const ending = /^(.*[/._-]|)(down|undo|rollback|revert)(\.sql)$/;

const opposites: Readonly<Record<string, readonly string[]>> = {
	down: ['up'],
	undo: ['do', 'up'],
	rollback: ['up', 'deploy', 'migrate'],
	revert: ['up', 'deploy', 'apply'],
};

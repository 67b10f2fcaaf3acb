import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
	branchDatabaseName,
	stateDatabaseName,
	undoDatabaseName,
} from '../../../src/database/dev-data/names.ts';
import { identifierError } from '../../../src/sql.ts';

const branch = fc.oneof(
	fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
	fc.stringMatching(/^[A-Za-z0-9/._-]{1,200}$/),
	fc.constantFrom('feature/a', 'feature_a', 'Feature/A', 'ﬀ', 'ff', '🚢'.repeat(100)),
);

test('the name of a database is valid and has no character that needs quotes, whatever the branch is called', () => {
	fc.assert(
		fc.property(branch, branch, (project, name) => {
			for (const derived of [branchDatabaseName, stateDatabaseName, undoDatabaseName].map((derive) =>
				derive(project, name, 'checkout'),
			)) {
				expect(identifierError(derived)).toBeUndefined();
				expect(derived).toMatch(/^[a-z0-9_]+$/);
			}
		}),
	);
});

test('different branches, projects and checkouts have different databases', () => {
	fc.assert(
		fc.property(
			fc.uniqueArray(branch, { minLength: 2, maxLength: 2 }),
			branch,
			([one = '', other = ''], same) => {
				expect(branchDatabaseName(same, one, same)).not.toBe(branchDatabaseName(same, other, same));
				expect(branchDatabaseName(one, same, same)).not.toBe(branchDatabaseName(other, same, same));
				expect(branchDatabaseName(same, same, one)).not.toBe(branchDatabaseName(same, same, other));
			},
		),
	);
	expect(branchDatabaseName('app', 'Fix', 'c')).not.toBe(branchDatabaseName('app', 'fix', 'c'));
});

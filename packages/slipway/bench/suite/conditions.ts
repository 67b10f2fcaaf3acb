/** The size of a test suite, and how vitest runs it. */
export interface Conditions {
	/** How many test files to run. */
	readonly files: number;
	/** How many tables the schema has, at least `coreTables`. */
	readonly tables: number;
	/** Megabytes of seeded rows, in tables that the tests only read. */
	readonly seedMb: number;
	/** Whether each test file gets new modules: vitest's option. */
	readonly isolate: boolean;
	/** How many test files run at a time. Default: vitest's choice. */
	readonly workers: number | undefined;
}

export const testsPerFile = 5;

/** The tables that the tests write to. */
export const coreTables = 4;

/** The tables with seeded rows. The other tables stay empty. */
export function seededTables({ tables, seedMb }: Pick<Conditions, 'tables' | 'seedMb'>): readonly string[] {
	const count = seedMb === 0 ? 0 : Math.min(10, tables - coreTables);
	return Array.from({ length: count }, (_, index) => `thing_${index + 1}`);
}

export function describeSize({ files, tables, seedMb, workers }: Conditions): string {
	return [
		`${files} test files of ${testsPerFile} tests`,
		`${tables} tables`,
		`${seedMb} MB of seed`,
		...(workers === undefined ? [] : [`${workers} workers`]),
	].join(', ');
}

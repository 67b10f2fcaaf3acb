import { SlipwayError } from '../../errors.ts';

/**
 * Loads the library that compares schemas. It is a development dependency: production images do not contain
 * it, and other commands do not wait for it to load.
 */
export async function loadComparison() {
	try {
		const [{ extract }, { plan }, { formatSqlStatements }] = await Promise.all([
			import('@supabase/pg-delta/extract'),
			import('@supabase/pg-delta/plan'),
			import('@supabase/pg-delta/sql-format'),
		]);
		return { extract, plan, format: formatSqlStatements };
	} catch (cause) {
		throw new SlipwayError(
			'no-comparison',
			`the package that compares schemas cannot be loaded: ${cause instanceof Error ? cause.message : cause}`,
			'Run this in a checkout with development dependencies installed: npm ci.',
			{ cause },
		);
	}
}

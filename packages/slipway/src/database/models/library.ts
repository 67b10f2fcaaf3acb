import { SlipwayError } from '../../errors.ts';

/**
 * The library that compares schemas. It is a tool of development: a production image does
 * without it, and other commands do not wait for it to be loaded.
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
			'Run this in a checkout with the packages of development: npm ci.',
			{ cause },
		);
	}
}

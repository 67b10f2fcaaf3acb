import { SlipwayError } from '../../errors.ts';

/** Exactly this one: it is an alpha, and its `latest` on npm is empty. */
export const comparisonPackage = '@supabase/pg-delta@1.0.0-alpha.34';

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
			`Install it as a development dependency: npm install --save-dev --save-exact ${comparisonPackage}. A production image does not contain it.`,
			{ cause },
		);
	}
}

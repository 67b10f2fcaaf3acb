import { SlipwayError } from '../errors.ts';
import { suggestMigrations } from './migrations/detect.ts';

/**
 * Refuses a project that has migrations of some tool, but no word on which to apply: its databases would have no tables.
 * Throws `migrations-not-configured`.
 */
export function refuseUnconfigured(root: string): void {
	const suggested = suggestMigrations(root);
	if (suggested === undefined) return;
	const { tool, line } = suggested;
	throw new SlipwayError(
		'migrations-not-configured',
		`${root} has migrations (${tool}), but its configuration does not name them`,
		[
			`Write into slipway.config.ts: ${line}`,
			'npx slipway init writes that file. For databases without tables: migrations: false',
		].join('\n'),
	);
}

import type { ExtractResult } from '@supabase/pg-delta/extract';
import type { Schema } from './schema.ts';
import { differencesOf } from './unseen.ts';

/**
 * Describes what the library cannot compare, which needs a migration written by hand. Kinds of objects that
 * the library reports as unsupported are listed if they exist; other things, if they differ within a pair of
 * schemas that should be equal.
 */
export function notCompared(...pairs: readonly (readonly [Schema, Schema])[]): readonly string[] {
	const unmodeled = pairs
		.flat()
		.flatMap(({ diagnostics }) =>
			diagnostics.flatMap(({ code, context }) => (code === 'unmodeled_kind' ? [describe(context)] : [])),
		);
	const differences = pairs.flatMap(([actual, expected]) => differencesOf(actual.unseen, expected.unseen));
	return Array.from(new Set([...unmodeled, ...differences]));
}

function describe(context: ExtractResult['diagnostics'][number]['context'] = {}): string {
	const { kind, samples } = context as { kind?: string; samples?: readonly string[] };
	return `${kind} ${samples?.join(', ')}`;
}

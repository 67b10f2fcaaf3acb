import type { ExtractResult } from '@supabase/pg-delta/extract';
import type { Schema } from './schema.ts';
import { differencesOf } from './unseen.ts';

/**
 * What the library cannot compare, in words: a migration for it is written by hand. Of what it has a name for it tells that
 * it is there; of other things, what is not the same in two databases that are to be the same.
 */
export function notCompared(...pairs: readonly (readonly [Schema, Schema])[]): readonly string[] {
	const unmodeled = pairs
		.flat()
		.flatMap(({ diagnostics }) =>
			diagnostics.flatMap(({ code, context }) => (code === 'unmodeled_kind' ? [describe(context)] : [])),
		);
	const differences = pairs.flatMap(([is, should]) => differencesOf(is.unseen, should.unseen));
	return Array.from(new Set([...unmodeled, ...differences]));
}

function describe(context: ExtractResult['diagnostics'][number]['context'] = {}): string {
	const { kind, samples } = context as { kind?: string; samples?: readonly string[] };
	return `${kind} ${samples?.join(', ')}`;
}

import type { ExtractResult } from '@supabase/pg-delta/extract';

/** What the databases have and the library cannot compare, in words: a migration for it is written by hand. */
export function notCompared(states: readonly ExtractResult[]): readonly string[] {
	const found = states.flatMap(({ diagnostics }) =>
		diagnostics.flatMap(({ code, context }) => (code === 'unmodeled_kind' ? [describe(context)] : [])),
	);
	return Array.from(new Set(found));
}

function describe(context: Record<string, unknown> = {}): string {
	const { kind, samples } = context as { kind?: string; samples?: readonly string[] };
	return `${kind} ${samples?.join(', ')}`;
}

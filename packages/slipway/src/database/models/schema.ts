import type { ExtractResult } from '@supabase/pg-delta/extract';
import type { Unseen } from './unseen.ts';

/** The schema of a database as the library sees it, and what the library does not see. */
export interface Schema extends ExtractResult {
	readonly unseen: Unseen;
}

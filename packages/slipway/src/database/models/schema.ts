import type { ExtractResult } from '@supabase/pg-delta/extract';
import type { Unseen } from './unseen.ts';

/** What a database has, as the library sees it, and what it does not see. */
export interface Schema extends ExtractResult {
	readonly unseen: Unseen;
}

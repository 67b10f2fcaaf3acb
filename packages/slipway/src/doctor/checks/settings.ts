import { SlipwayError } from '../../errors.ts';
import { type Finding, fromFault, ok } from '../finding.ts';
import type { Site } from '../site.ts';

export function checkSettings({ settings }: Site): Finding[] {
	if (settings instanceof SlipwayError) return [fromFault(settings)];
	return [ok('the environment and .env have no fault')];
}

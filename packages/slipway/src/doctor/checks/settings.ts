import { SlipwayError } from '../../errors.ts';
import type { DoctorContext } from '../context.ts';
import { type Finding, fromError, ok } from '../finding.ts';

export function checkSettings({ settings }: DoctorContext): Finding[] {
	if (settings instanceof SlipwayError) return [fromError(settings)];
	return [ok('the settings in slipway.config, the environment and .env are valid')];
}

import { inject, type RunnerTestCase } from 'vitest';
import { environmentServer } from './environment-server.ts';
import { completeOptions } from './options.ts';
import { hasFailed, hintAtMissingRights } from './tests.ts';

/** Adds to the errors of a failed test which right the app lacked, where its tests log in as the app. */
export async function hintAtRefusals(task: Readonly<RunnerTestCase>): Promise<void> {
	if (!hasFailed(task) || inject('slipway')?.environment?.login !== 'app') return;
	const server = environmentServer(completeOptions({}));
	if (server !== undefined) await hintAtMissingRights(task, server);
}

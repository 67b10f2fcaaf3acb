import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Target, TargetName } from './targets.ts';
import { type Load, runWrk } from './wrk.ts';

export const loadNames = ['service', 'in-memory', 'express-pg', 'hits', 'hits-with-key'] as const;
export type LoadName = (typeof loadNames)[number];

export const connections = 64;

/** Visits of a target's page, or hits on a named counter of the service, each with this header. */
const loads: Record<LoadName, { readonly target: TargetName; readonly header?: string }> = {
	service: { target: 'service' },
	'in-memory': { target: 'in-memory' },
	'express-pg': { target: 'express-pg' },
	hits: { target: 'service', header: 'X-Not-A-Key' },
	'hits-with-key': { target: 'service', header: 'Idempotency-Key' },
};

export async function runLoad(
	name: LoadName,
	targets: ReadonlyMap<TargetName, Target>,
	seconds: number,
): Promise<Load> {
	const { target, header } = loads[name];
	const address = targets.get(target)?.address ?? '';
	if (header === undefined) return await runWrk(address, connections, seconds);
	const script = join(import.meta.dirname, 'hits.lua');
	return await runWrk(`${address}api/counters/bench`, connections, seconds, [
		script,
		header,
		`${randomUUID()}-`,
	]);
}

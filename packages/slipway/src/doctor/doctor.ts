import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, SlipwayError } from '../errors.ts';
import { type Check, checks } from './checks.ts';
import { createContext, type DoctorContext, type DoctorOptions } from './context.ts';
import { error, type Finding, fromError, warning } from './finding.ts';

/** A finding with the name of its check. */
export interface Diagnosis extends Omit<Finding, 'level'> {
	readonly check: string;
	readonly level: Finding['level'] | 'fixed';
}

/**
 * Checks this machine and project, all checks at once, and changes nothing. Findings include what is in order. A check
 * that takes too long is given up, and may keep this process alive.
 */
export async function examine(options: DoctorOptions): Promise<readonly Diagnosis[]> {
	const end = new AbortController();
	const context = createContext(options, end.signal);
	// This timer keeps the process alive, which the connections of the checks do not.
	const limit = sleep(options.timeout, undefined, { signal: end.signal }).catch(() => {});
	const late = limit.then(() => [tooLate(options.timeout / 1000)]);
	try {
		const findings = await Promise.all(
			Object.entries(checks).map(async ([name, check]) =>
				(await finish(check, context, late)).map((finding) => ({ check: name, ...finding })),
			),
		);
		return findings.flat();
	} finally {
		end.abort();
	}
}

/** Fixes what is safe to fix. What could not be fixed is found as before, with the reason. */
export async function repair(found: readonly Diagnosis[]): Promise<readonly Diagnosis[]> {
	return await Promise.all(
		found.map(async (each) => {
			try {
				await each.repair?.();
				return each.repair === undefined ? each : { ...each, level: 'fixed' as const };
			} catch (thrown) {
				return { ...each, message: `${each.message} (it could not be fixed: ${messageOf(thrown)})` };
			}
		}),
	);
}

async function finish(check: Check, context: DoctorContext, late: Promise<Finding[]>): Promise<Finding[]> {
	try {
		return await Promise.race([Promise.resolve(context).then(check), late]);
	} catch (thrown) {
		if (thrown instanceof SlipwayError) return [fromError(thrown)];
		return [
			error(`this check failed: ${messageOf(thrown)}`, 'This is a bug. Please report it with this message.'),
		];
	}
}

const tooLate = (seconds: number): Finding =>
	warning(
		`did not finish within ${seconds} s`,
		`Give it more time: npx slipway doctor --timeout ${seconds * 10}. If it still does not finish, the server or engine that it waits for is not responding.`,
	);

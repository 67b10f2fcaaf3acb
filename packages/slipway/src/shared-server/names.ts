import { createHash, randomBytes } from 'node:crypto';

/** A run is a process that uses databases on a shared server. */
export const newRunId = () => randomBytes(8).toString('hex');

export const databaseName = (run: string, count: number) => `slipway_test_${run}_${count}`;

/** The run that the database belongs to; undefined if it is no database of a run. */
export const runOf = (database: string) => /^slipway_test_([0-9a-f]{16})_\d+$/.exec(database)?.[1];

/** `key`: the snapshot key, a hash. */
export const templateName = (key: string) => `slipway_template_${key.slice(0, 32)}`;

export const isTemplateName = (database: string) => /^slipway_template_[0-9a-f]{32}$/.test(database);

/** The key of the advisory lock with this name, as a number of 64 bits. */
export function lockKey(name: string): string {
	const digest = createHash('sha256').update(`slipway ${name}`).digest();
	return digest.readBigInt64BE().toString();
}

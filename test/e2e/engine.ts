import { spawnSync } from 'node:child_process';
import { describe } from 'vitest';
import { currentProcess } from '../../src/postgres/process-identity.ts';
import { type Finished, runProcess } from '../child-process.ts';

/** What a test makes on the engine says whose it is, so that the next run can remove what a killed one has left. */
export const ownerLabel = { 'dev.slipway.owner': JSON.stringify(currentProcess()) };
const ownerFilter = `label=dev.slipway.owner=${ownerLabel['dev.slipway.owner']}`;

const isThere = spawnSync('docker', ['version'], { stdio: 'ignore', timeout: 10_000 }).status === 0;
if (!isThere && process.env.CI) throw new Error('no Docker engine answers, and CI is to test what needs one');
if (!isThere) process.stderr.write('no Docker engine answers: what needs one is not tested\n');

/** Tests that need an engine; skipped where there is none, which fails the file in CI. */
export const describeOnEngine = describe.skipIf(!isThere);

export function docker(...args: readonly string[]): Promise<Finished> {
	return runProcess('docker', args);
}

/** The standard output of a Docker command that has to succeed. */
export async function ask(...args: readonly string[]): Promise<string> {
	const { status, stdout, stderr } = await docker(...args);
	if (status !== 0) throw new Error(`docker ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`);
	return stdout.trim();
}

/** Removes all that carries the label of this process. */
export async function removeOwned(): Promise<void> {
	await removeEach(['ps', '--all'], ['rm', '--force', '--volumes']);
	await removeEach(['volume', 'ls'], ['volume', 'rm']);
	await removeEach(['network', 'ls'], ['network', 'rm']);
	await removeEach(['images'], ['rmi', '--force']);
}

async function removeEach(list: readonly string[], remove: readonly string[]): Promise<void> {
	const found = await ask(...list, '--quiet', '--filter', ownerFilter);
	const names = new Set(found.split('\n').filter((name) => name !== ''));
	if (names.size > 0) await ask(...remove, ...names);
}

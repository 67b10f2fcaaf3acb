import type { Finished } from 'slipway/test-helpers/child-process';
import { cleanCheckout } from './clean-checkout.ts';
import { docker, ownerLabel } from './engine.ts';

/** For every command that creates something on the engine. */
export const ownerOptions = Object.entries(ownerLabel).map(([name, value]) => `--label=${name}=${value}`);

/** Builds the image of the service from `folder`. */
export function buildImage(folder: string, ...args: readonly string[]): Promise<Finished> {
	return docker('build', '--progress=plain', '--target=runtime', ...ownerOptions, ...args, folder);
}

/** The image of a clean checkout. Where another test has built it, its layers come from the engine's cache. */
export async function buildServiceImage(tag: string): Promise<void> {
	using checkout = cleanCheckout();
	const { status, stderr } = await buildImage(checkout.folder, `--tag=${tag}`);
	if (status !== 0) throw new Error(`docker build exited with ${status}:\n${stderr}`);
}

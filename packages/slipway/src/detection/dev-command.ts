import type { PackageManager } from './package-manager.ts';
import type { Manifest } from './project-folder.ts';

const scripts = ['dev', 'start:dev', 'develop', 'serve', 'start'];

/** The command that starts the service for development, unless it is Slipway's. */
export function detectDevCommand(
	{ scripts: texts = {} }: Manifest,
	{ run }: PackageManager,
): string | undefined {
	const name = scripts.find((each) => texts[each] !== undefined);
	if (name === undefined || /\bslipway\b/.test(texts[name] ?? '')) return undefined;
	return `${run} ${name}`;
}

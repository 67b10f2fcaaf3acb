import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadConfig } from '../../src/config/index.ts';
import { createContext, type DoctorContext, type DoctorOptions } from '../../src/doctor/context.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { parseSettings } from '../../src/settings/index.ts';
import { temporaryDirectory } from '../helpers/temporary-directory.ts';

export interface Given extends Partial<DoctorOptions> {
	/** The project's files, by their paths. */
	readonly files?: Readonly<Record<string, string>>;
	/** The variables of the settings. */
	readonly variables?: NodeJS.ProcessEnv;
}

/** Without Docker, so that the results do not depend on whether it is installed. */
export const withoutDocker = { PATH: '/nonexistent' };

export async function contextOf(given: Given = {}): Promise<DoctorContext> {
	const { files = {}, variables = {}, root = temporaryDirectory(), ...options } = given;
	for (const [name, text] of Object.entries({ 'package.json': '{}', ...files })) {
		mkdirSync(dirname(join(root, name)), { recursive: true });
		writeFileSync(join(root, name), text);
	}
	const settings = parseSettings(variables);
	const config = await loadConfig(root);
	const all = { root, environment: withoutDocker, config, settings, timeout: 60_000, ...options };
	return createContext(all, new AbortController().signal);
}

/** The findings that are not ok. */
export const problemsIn = (findings: readonly Finding[]) => findings.filter(({ level }) => level !== 'ok');

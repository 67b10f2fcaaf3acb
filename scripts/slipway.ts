import { join } from 'node:path';
import { runScript } from 'slipway/cli';

/** What this project calls the commands of Slipway. */
const scripts = {
	bootstrap: 'scripts/bootstrap-db',
	clean: 'scripts/clean',
	dev: 'scripts/dev',
	doctor: 'scripts/doctor',
	migrate: 'scripts/migrate',
	preflight: 'scripts/preflight',
	seed: 'scripts/seed',
} as const;

/** Runs a command of Slipway in this project, from any working directory. */
export async function run(name: keyof typeof scripts): Promise<void> {
	await runScript(name, { root: join(import.meta.dirname, '..'), scripts });
}

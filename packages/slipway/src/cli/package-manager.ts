import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../config/index.ts';
import { type CommandNames, defaultCommandNames } from '../terminal/index.ts';

interface PackageManager {
	/** The start of its user agent, which it passes to the programs that it runs. */
	readonly agent: string;
	readonly lockfiles: readonly string[];
	/** The command that runs a package's program. */
	readonly exec: string;
}

const others: readonly PackageManager[] = [
	{ agent: 'pnpm/', lockfiles: ['pnpm-lock.yaml'], exec: 'pnpm exec' },
	{ agent: 'yarn/', lockfiles: ['yarn.lock'], exec: 'yarn' },
	{ agent: 'bun/', lockfiles: ['bun.lock', 'bun.lockb'], exec: 'bunx' },
];

/**
 * How commands are run here: with the package manager that runs this process or, if none does, the one with a
 * lockfile.
 */
export function commandNames(environment: NodeJS.ProcessEnv, folder: string): CommandNames {
	const agent = environment.npm_config_user_agent;
	const root = findProjectRoot(folder);
	const manager = others.find((each) =>
		agent === undefined
			? root !== undefined && each.lockfiles.some((file) => existsSync(join(root, file)))
			: agent.startsWith(each.agent),
	);
	return manager === undefined ? defaultCommandNames : (name) => `${manager.exec} slipway ${name}`;
}

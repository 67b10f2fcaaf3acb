import type { ResolvedConfig } from '../config/index.ts';
import { SlipwayError } from '../errors.ts';
import type { Settings } from '../settings/index.ts';
import { askEngine, type Docker, dockerIn } from '../stack/index.ts';
import { listContainers } from './containers.ts';
import { findServers, type Server } from './servers.ts';
import { type RunnableStack, readStack } from './stack.ts';

/** What the checks examine. What takes time to find out is a promise, so that the other checks need not wait for it. */
export interface DoctorContext {
	readonly root: string;
	readonly environment: NodeJS.ProcessEnv;
	/** Undefined if it cannot be read; then `settings` is that error. */
	readonly config: ResolvedConfig | undefined;
	/** The settings, or the error that lists what is wrong with them. */
	readonly settings: Settings | SlipwayError;
	readonly docker: Docker;
	/** Undefined if Docker or Docker Compose does not answer, or if the project has no such stack. */
	readonly stack: Promise<RunnableStack | undefined>;
	/** The servers that run: that of the settings, the stack's and the dev server. None if the settings are wrong. */
	readonly servers: Promise<readonly Server[]>;
}

export interface DoctorOptions {
	/** The project's folder. */
	readonly root: string;
	readonly environment: NodeJS.ProcessEnv;
	readonly config: DoctorContext['config'];
	readonly settings: DoctorContext['settings'];
	/** Milliseconds after which a check is given up. */
	readonly timeout: number;
}

export function createContext(options: DoctorOptions, signal: AbortSignal): DoctorContext {
	const { root, environment, config, settings } = options;
	const docker = dockerIn(root, environment, signal);
	const stack = findStack(docker);
	const servers =
		settings instanceof SlipwayError ? Promise.resolve([]) : findServers(options, settings, stack);
	return { root, environment, config, settings, docker, stack, servers };
}

async function findStack(docker: Docker): Promise<RunnableStack | undefined> {
	const [{ done }, stack] = await Promise.all([askEngine(docker), readStack(docker)]);
	if (!done || stack === undefined || 'failure' in stack) return undefined;
	return { ...stack, containers: await listContainers(docker) };
}

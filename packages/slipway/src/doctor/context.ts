import type { SlipwayError } from '../errors.ts';
import type { Settings } from '../settings/index.ts';
import { type Container, listContainers } from './containers.ts';
import { type Docker, dockerIn } from './docker.ts';
import { readStack, type Stack } from './stack.ts';

/** What the checks examine. */
export interface DoctorContext {
	readonly root: string;
	/** The settings, or the error that lists what is wrong with them. */
	readonly settings: Settings | SlipwayError;
	/** Undefined if Docker or Docker Compose does not answer, or if the project has no such stack. */
	readonly stack: RunnableStack | undefined;
	readonly docker: Docker;
}

export interface RunnableStack extends Stack {
	readonly containers: readonly Container[];
}

export interface DoctorOptions {
	/** The project's folder. */
	readonly root: string;
	readonly environment: NodeJS.ProcessEnv;
	readonly settings: DoctorContext['settings'];
}

export async function readContext(options: DoctorOptions): Promise<DoctorContext> {
	const { root, environment, settings } = options;
	const docker = dockerIn(root, environment);
	return { root, docker, settings, stack: await findStack(docker) };
}

async function findStack(docker: Docker): Promise<RunnableStack | undefined> {
	const [{ done }, stack] = await Promise.all([docker('version'), readStack(docker)]);
	if (!done || stack === undefined || 'failure' in stack) return undefined;
	return { ...stack, containers: await listContainers(docker) };
}

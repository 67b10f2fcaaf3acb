import { SlipwayError } from '../errors.ts';
import { loadSettings, type Settings } from '../settings/index.ts';
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

export async function readContext(
	root: string,
	environment: NodeJS.ProcessEnv,
	envFile: string,
): Promise<DoctorContext> {
	const docker = dockerIn(root, environment);
	return { root, docker, settings: readSettings(environment, envFile), stack: await findStack(docker) };
}

function readSettings(environment: NodeJS.ProcessEnv, envFile: string): Settings | SlipwayError {
	try {
		return loadSettings({ environment, envFile });
	} catch (error) {
		if (error instanceof SlipwayError) return error;
		throw error;
	}
}

async function findStack(docker: Docker): Promise<RunnableStack | undefined> {
	const [{ done }, stack] = await Promise.all([docker('version'), readStack(docker)]);
	if (!done || stack === undefined || 'failure' in stack) return undefined;
	return { ...stack, containers: await listContainers(docker) };
}

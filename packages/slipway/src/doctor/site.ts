import { SlipwayError } from '../errors.ts';
import { loadSettings, type Settings } from '../settings/index.ts';
import { type Container, listContainers } from './containers.ts';
import { type Docker, dockerIn } from './docker.ts';
import { readStack, type Stack } from './stack.ts';

/** What the checks look at. */
export interface Site {
	readonly root: string;
	/** The settings, or what is wrong with them. */
	readonly settings: Settings | SlipwayError;
	/** Undefined where there is no engine, or no compose, that answers. */
	readonly stack: RunnableStack | undefined;
	readonly docker: Docker;
}

export interface RunnableStack extends Stack {
	readonly containers: readonly Container[];
}

export async function surveySite(
	root: string,
	environment: NodeJS.ProcessEnv,
	envFile: string,
): Promise<Site> {
	const docker = dockerIn(root, environment);
	return { root, docker, settings: readSettings(environment, envFile), stack: await findStack(docker) };
}

function readSettings(environment: NodeJS.ProcessEnv, envFile: string): Settings | SlipwayError {
	try {
		return loadSettings({ environment, envFile });
	} catch (fault) {
		if (fault instanceof SlipwayError) return fault;
		throw fault;
	}
}

async function findStack(docker: Docker): Promise<RunnableStack | undefined> {
	const [{ done }, stack] = await Promise.all([docker('version'), readStack(docker)]);
	if (!done || 'complaint' in stack) return undefined;
	return { ...stack, containers: await listContainers(docker) };
}

import { resolve } from 'node:path';

/** The environment for a program in `folder`: what NODE_OPTIONS names may be relative to the folder of this process. */
export function environmentIn(folder: string, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
	if (resolve(folder) === process.cwd()) return environment;
	const { NODE_OPTIONS: _, ...others } = environment;
	return others;
}

import { realpathSync } from 'node:fs';
import type { DoctorContext } from '../context.ts';
import { error, type Finding, ok } from '../finding.ts';

/** Compose names a stack after its folder, and treats two of the same name as one. */
export async function checkProject({ root, ...context }: DoctorContext): Promise<Finding[]> {
	const stack = await context.stack;
	if (stack === undefined) return [];
	const { project, containers } = stack;
	const foreign = containers.find((each) => each.project === project && each.folder !== realpathSync(root));
	if (foreign === undefined) return [ok(`the stack is named ${project}`)];
	return [
		error(
			`a stack named ${project} is already running in another checkout, ${foreign.folder}`,
			'Give this checkout its own name and ports in .env: COMPOSE_PROJECT_NAME, PORT and DB_PORT.',
		),
	];
}

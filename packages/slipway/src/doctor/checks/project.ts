import { realpathSync } from 'node:fs';
import { error, type Finding, ok } from '../finding.ts';
import type { Site } from '../site.ts';

/** Compose names a stack after its folder, and takes two of the same name for one. */
export function checkProject({ root, stack }: Site): Finding[] {
	if (stack === undefined) return [];
	const { project, containers } = stack;
	const stranger = containers.find((each) => each.project === project && each.folder !== realpathSync(root));
	if (stranger === undefined) return [ok(`the stack is called ${project}`)];
	return [
		error(
			`the stack ${project} that runs belongs to another checkout, ${stranger.folder}`,
			'Give this one a name and ports of its own in .env: COMPOSE_PROJECT_NAME, PORT and DB_PORT.',
		),
	];
}

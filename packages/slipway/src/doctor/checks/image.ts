import { type Finding, ok, warning } from '../finding.ts';
import type { Site } from '../site.ts';

export async function checkImage({ docker, stack }: Site): Promise<Finding[]> {
	if (stack === undefined) return [];
	const { done } = await docker('image', 'inspect', '--format', '{{.Id}}', stack.image);
	if (done) return [ok(`the image ${stack.image} is here`)];
	return [
		warning(
			`the image ${stack.image} is not on this machine`,
			`docker compose up pulls it, which takes a network and a name that exists; name another in POSTGRES_IMAGE, or see why: docker pull ${stack.image}`,
		),
	];
}

import type { DoctorContext } from '../context.ts';
import { type Finding, ok, warning } from '../finding.ts';

export async function checkImage({ docker, ...context }: DoctorContext): Promise<Finding[]> {
	const stack = await context.stack;
	if (stack === undefined) return [];
	const { done } = await docker('image', 'inspect', '--format', '{{.Id}}', stack.image);
	if (done) return [ok(`the image ${stack.image} is on this machine`)];
	return [
		warning(
			`the image ${stack.image} is not on this machine`,
			`docker compose up will try to pull it. To test that, run docker pull ${stack.image}; to use another image, set POSTGRES_IMAGE.`,
		),
	];
}

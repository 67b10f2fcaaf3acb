import { SlipwayError } from '../../errors.ts';
import type { Engine } from './engine.ts';

/** Pulls the image if it is missing, with Docker's credentials for its registry. Throws `image-missing`. */
export async function ensureImage({ runtime }: Engine, image: string): Promise<void> {
	const { ImageName } = await import('testcontainers');
	const name = ImageName.fromString(image);
	let cause: unknown;
	try {
		await runtime.image.pull(name);
		if (await runtime.image.exists(name)) return;
	} catch (error) {
		cause = error;
	}
	const reason = cause instanceof Error ? `: ${cause.message.trim()}` : '';
	throw new SlipwayError(
		'image-missing',
		`the image ${image} is not on this machine and cannot be pulled${reason}`,
		`Check its name (POSTGRES_IMAGE) and your network, or pull it yourself: docker pull ${image}`,
		{ cause },
	);
}

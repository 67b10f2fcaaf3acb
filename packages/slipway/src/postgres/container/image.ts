import { SlipwayError } from '../../errors.ts';
import { imageOf, majorOfImage } from '../../postgres-versions.ts';
import type { ImageSettings } from '../upgrade.ts';
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

/** The image for these options. Throws `version-mismatch` if the image is of another version. */
export function requestedImage({ image, version }: ImageSettings): string {
	if (image === undefined) return imageOf(version);
	const major = majorOfImage(image);
	if (version === undefined || major === undefined || major === version) return image;
	throw new SlipwayError(
		'version-mismatch',
		`the image ${image} contains PostgreSQL ${major}, but the version is set to ${version}`,
		`Set only one of the two: the image (POSTGRES_IMAGE), or the version (POSTGRES_VERSION).`,
	);
}

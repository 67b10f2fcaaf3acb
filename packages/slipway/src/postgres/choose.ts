import { SlipwayError } from '../errors.ts';
import type { PostgresVersion } from '../postgres-versions.ts';
import type { OwnProvider, ProviderName } from '../provider-names.ts';
import { connectEngine, ensureImage, requestedImage } from './container/index.ts';

export interface Choice<Setting extends ProviderName = never> {
	readonly provider: Setting | OwnProvider;
	/** The reason, as the second half of a sentence. */
	readonly because: string;
}

export interface ChooseOptions<Setting extends ProviderName = never> {
	readonly image?: string | undefined;
	/** PostgreSQL's major version, whose image is used without `image`. */
	readonly version?: PostgresVersion | undefined;
	/** The provider in the settings: `external` if they name a server. Default: what is available decides. */
	readonly setting?: Setting | undefined;
	/** Milliseconds to wait for an engine's answer. Default: 1000. If none comes, every start takes that much longer. */
	readonly timeout?: number;
}

/**
 * Where servers come from: as the settings say or, by default, a container if an engine answers and has the
 * image or can pull it, and embedded otherwise.
 */
export async function chooseProvider<Setting extends ProviderName = never>({
	setting,
	timeout = 1000,
	...options
}: ChooseOptions<Setting>): Promise<Choice<Setting>> {
	if (setting !== undefined) return { provider: setting, because: 'the settings say so' };
	const image = requestedImage(options);
	try {
		const engine = await connectEngine({ timeout });
		await ensureImage(engine, image);
		return { provider: 'container', because: `a container engine answers and has ${image}` };
	} catch (error) {
		if (!(error instanceof SlipwayError)) throw error;
		return { provider: 'embedded', because: error.message };
	}
}

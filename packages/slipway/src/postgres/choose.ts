import { SlipwayError } from '../errors.ts';
import { defaultImage } from '../postgres-versions.ts';
import type { OwnProvider, ProviderName } from '../provider-names.ts';
import { connectEngine, ensureImage } from './container/index.ts';

export interface Choice<Setting extends ProviderName = never> {
	readonly provider: Setting | OwnProvider;
	/** The reason, as the second half of a sentence. */
	readonly because: string;
}

export interface ChooseOptions<Setting extends ProviderName = never> {
	readonly image?: string | undefined;
	/** The provider that the settings name: `external` where they name a server. Without it, what is available decides. */
	readonly setting?: Setting | undefined;
}

/** Milliseconds that an engine has to answer: without one, every start waits that long. */
const timeoutMilliseconds = 1000;

/**
 * Where servers come from: as the settings say or, by default, a container if an engine answers and has the image or can
 * pull it, and else embedded.
 */
export async function chooseProvider<Setting extends ProviderName = never>({
	setting,
	image = defaultImage,
}: ChooseOptions<Setting>): Promise<Choice<Setting>> {
	if (setting !== undefined) return { provider: setting, because: 'the settings say so' };
	try {
		const engine = await connectEngine({ timeout: timeoutMilliseconds });
		await ensureImage(engine, image);
		return { provider: 'container', because: `a container engine answers and has ${image}` };
	} catch (error) {
		if (!(error instanceof SlipwayError)) throw error;
		return { provider: 'embedded', because: error.message };
	}
}

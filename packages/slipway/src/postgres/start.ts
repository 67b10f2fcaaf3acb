import type { ProviderName } from '../settings/index.ts';
import { chooseProvider } from './choose.ts';
import { type ContainerOptions, startContainer } from './container/index.ts';
import { type EmbeddedOptions, startEmbedded } from './embedded/index.ts';
import type { PostgresServer } from './provider.ts';

/** The providers that start servers of their own. */
export type OwnProvider = Exclude<ProviderName, 'external'>;

export interface StartServerOptions extends EmbeddedOptions, Pick<ContainerOptions, 'image'> {
	/** `auto` is a container if a container engine is running and has the image or can pull it, and else embedded. Default: `embedded`. */
	readonly provider?: OwnProvider | 'auto';
}

/** Starts a server of the caller's own. Throws what `startEmbedded` and `startContainer` throw. */
export async function startServer(options: StartServerOptions = {}): Promise<PostgresServer> {
	const provider = await ownProviderOf(options);
	return provider === 'container' ? await startContainer(options) : await startEmbedded(options);
}

/** What `options` come to on this machine. */
export async function ownProviderOf({ provider, image }: StartServerOptions): Promise<OwnProvider> {
	return provider === 'auto' ? (await chooseProvider({ image })).provider : (provider ?? 'embedded');
}

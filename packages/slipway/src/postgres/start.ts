import { defaultProvider, type OwnProvider, type ProviderChoice } from '../provider-names.ts';
import { chooseProvider } from './choose.ts';
import type { PostgresServer } from './postgres-server.ts';
import type { StartOptions } from './provider.ts';
import { providers } from './registry.ts';

export interface StartServerOptions extends StartOptions {
	/**
	 * Where the server comes from. `auto` is a container if an engine is running and has the image or can pull
	 * it, and embedded otherwise. Default: `embedded`.
	 */
	readonly provider?: ProviderChoice | undefined;
}

/** Starts a server. Throws what `startEmbedded` and `startContainer` throw. */
export async function startServer(options: StartServerOptions = {}): Promise<PostgresServer> {
	return await providers[await ownProviderOf(options)].start(options);
}

/** The provider that `startServer` uses for these options on this machine. */
export async function ownProviderOf({ provider, image, version }: StartServerOptions): Promise<OwnProvider> {
	return provider === 'auto'
		? (await chooseProvider({ image, version })).provider
		: (provider ?? defaultProvider);
}

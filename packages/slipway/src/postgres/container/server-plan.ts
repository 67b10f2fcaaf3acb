import type { ServerCertificate } from '../certificate/index.ts';
import type { ServerSettings } from '../server-settings.ts';

/** How the container of a server is created. */
export interface ServerPlan {
	readonly image: string;
	/** Default: `postgres`. */
	readonly superuser?: string | undefined;
	readonly superuserPassword: string;
	readonly settings: ServerSettings;
	/** Encrypts connections. */
	readonly certificate?: ServerCertificate | undefined;
	/** The volume with the data. Default: in memory, gone with the container. */
	readonly volume?: string | undefined;
	/** The folder of the volume in which the data is. Default: the volume itself. */
	readonly folder?: string | undefined;
	/** An existing data directory to use. Default: that of the image's version in `folder`, created if it is missing. */
	readonly data?: string | undefined;
	/** The port to publish. Default: a free one. */
	readonly port?: number | undefined;
	/** Makes the server listen in this machine's network, so that the engine does not have to create one. */
	readonly shared?: SharedNetwork | undefined;
}

/** A port of 127.0.0.1 in the network that this process is in. */
export interface SharedNetwork {
	/**
	 * Identifies that network, for the container to compare with its own; empty once they are known to be the
	 * same.
	 */
	readonly network: string;
	readonly port: number;
}

import type { ServerSettings } from '../server-settings.ts';

/** How the container of a server is made. */
export interface ServerPlan {
	readonly image: string;
	readonly superuserPassword: string;
	readonly settings: ServerSettings;
	/** The volume with the data. Without it they are in memory, and end with the container. */
	readonly volume?: string | undefined;
	/** The port to publish; without it the engine takes a free one. */
	readonly port?: number | undefined;
	/** Where it is to listen on a port of this machine's own network, which the engine does not have to make. */
	readonly shared?: SharedNetwork | undefined;
}

/** A port of 127.0.0.1 in the network that this process is in. */
export interface SharedNetwork {
	/** What a process in that network, and no other, reads of it; empty when it is known that the engine's is the same. */
	readonly network: string;
	readonly port: number;
}
